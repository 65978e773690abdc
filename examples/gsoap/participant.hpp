// A participant of SMEV: the proxy that gSOAP generated, and what SMEV wants beyond ordinary SOAP.
#pragma once

#include <cstdio>
#include <iostream>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>

#include <openssl/sha.h>
#include <unistd.h>
#include <uuid/uuid.h>

#include "SMEVMessageExchangeSoap11Binding.nsmap"
#include "soapSMEVMessageExchangeSoap11BindingProxy.h"

// What a pointer points at: gSOAP leaves it null when the element did not come, required or not.
template <class Type> Type &present(Type *element, const char *name)
{
    if (!element)
        throw std::runtime_error(std::string("SMEV sent no ") + name);
    return *element;
}

struct Participant {
    SMEVMessageExchangeSoap11BindingProxy proxy{SOAP_C_UTFSTRING}; // char* and std::string hold UTF-8
    soap *const context = proxy.soap; // owns what soap_new_… makes, until the participant is gone
    std::string address;
    bool mtom = false;

    // Command line: the gateway's root URL, the mnemonic, text or mtom.
    Participant(int count, char **arguments)
    {
        const std::string framing = count == 4 ? arguments[3] : "";
        if (framing != "text" && framing != "mtom")
            throw std::invalid_argument("arguments: URL MNEMONIC text|mtom");
        mtom = framing == "mtom";
        if (mtom)
            soap_set_mode(context, SOAP_ENC_MTOM);
        // The sandbox reads the caller's name in the address. The real SMEV reads it in the certificate of
        // CallerInformationSystemSignature, and its address is HOST/smev/v1.2/ws.
        address = std::string(arguments[1]) + "/as/" + arguments[2] + "/smev/v1.2/ws";
        proxy.soap_endpoint = address.c_str();
        context->connect_timeout = context->send_timeout = context->recv_timeout = 60; // seconds
    }

    // The operations of the WSDL. With MTOM a call is multipart/related, its base64 values are parts of their own, and
    // so are those of the reply. gSOAP sends a call without attachments as text even then, unless it is told this.
    SMEVMessageExchangeSoap11BindingProxy &smev()
    {
        if (mtom)
            soap_set_mime(context, nullptr, nullptr);
        return proxy;
    }

    // Throws what SMEV said, unless the call succeeded.
    void check(int code)
    {
        if (code == SOAP_OK)
            return;
        std::ostringstream said;
        proxy.soap_stream_fault(said);
        throw std::runtime_error(said.str());
    }

    // What to take from a queue: messages whose business root is {namespace_uri}root.
    _basic__MessageTypeSelector *selector(const char *namespace_uri, const char *root)
    {
        auto *type = soap_new___basic__MessageTypeSelector_sequence(context);
        type->NamespaceURI = namespace_uri;
        type->RootElementLocalName = root;
        auto *selector = soap_new__basic__MessageTypeSelector(context);
        selector->__MessageTypeSelector_sequence = type;
        selector->Id = text("SIGNED_BY_CALLER"); // what the signature refers to that the real SMEV wants on every call
        selector->Timestamp = time(nullptr);
        return selector;
    }

    // A taken message stays in the queue, hidden for a while, until this.
    void acknowledge(const std::string &message_id)
    {
        bool accepted = true; // false: the signature of SMEV is bad, and the message was thrown away
        _basic__AckTargetMessage target;
        target.__item = message_id;
        target.Id = "SIGNED_BY_CALLER";
        target.accepted = &accepted;
        _types__AckRequest ack;
        ack.basic__AckTargetMessage = &target;
        basic__Void nothing;
        check(smev().Ack(&ack, nothing));
        std::cout << "acknowledged: " << message_id << std::endl;
    }

    // Business content is any one element: the WSDL does not know its type, so it goes in and comes out as DOM.
    _basic__MessagePrimaryContent *content(const std::string &xml)
    {
        auto *content = soap_new__basic__MessagePrimaryContent(context);
        content->__any.soap = context;
        std::istringstream(xml) >> content->__any;
        check(context->error);
        return content;
    }

    // An attachment is a header among the signed data (this) and a content outside it (the next), paired by Id.
    _basic__AttachmentHeaderList *attachment_header(const char *id)
    {
        auto *headers = soap_new__basic__AttachmentHeaderList(context);
        headers->AttachmentHeader.push_back(
            soap_new_req_basic__AttachmentHeaderType(context, id, "application/octet-stream"));
        return headers;
    }

    // The bytes 0 to 255. `type` makes them a part of their own when the framing is MTOM; in text they are base64.
    _basic__AttachmentContentList *every_byte(const char *id)
    {
        auto *bytes = static_cast<unsigned char *>(soap_malloc(context, 256));
        std::iota(bytes, bytes + 256, 0);
        auto *content = soap_new_basic__AttachmentContentType(context);
        content->Id = id;
        content->Content.__ptr = bytes;
        content->Content.__size = 256;
        content->Content.type = soap_strdup(context, "application/octet-stream");
        auto *contents = soap_new__basic__AttachmentContentList(context);
        contents->AttachmentContent.push_back(content);
        return contents;
    }

    static void print(const _basic__AttachmentContentList *attachments)
    {
        if (!attachments)
            return;
        for (const auto *attachment : attachments->AttachmentContent) {
            unsigned char hash[SHA256_DIGEST_LENGTH];
            SHA256(attachment->Content.__ptr, attachment->Content.__size, hash);
            std::printf("attachment: %s, %d bytes, SHA-256 ", attachment->Id.c_str(), attachment->Content.__size);
            for (const unsigned char byte : hash)
                std::printf("%02x", byte);
            std::puts("");
        }
    }

    // `detail` is the member of soap_fault()->detail that is named like the expected fault; null: it was another fault.
    // SMEV declares most faults as Void and sends them with xsi:type="SmevFault": the code is in the derived type.
    void print_fault(const char *name, basic__Void *detail)
    {
        const auto *fault = dynamic_cast<basic__SmevFault *>(detail);
        if (!fault || !fault->Code)
            check(context->error);
        std::cout << "refused: " << name << ", " << *fault->Code << ", " << proxy.soap_fault_string() << std::endl;
    }

    // MessageID must be a UUID of version 1 (of time), in lower case.
    static std::string new_message_id()
    {
        uuid_t id;
        char text[UUID_STR_LEN];
        uuid_generate_time(id);
        uuid_unparse_lower(id, text);
        return text;
    }

    // "MESSAGE-ID STATUS", as SMEV tells of a message that it took.
    std::string told(const _types__MessageMetadata *metadata)
    {
        const auto &sent = present(metadata, "MessageMetadata");
        return present(sent.MessageId, "MessageId") + ' '
               + soap_basic__InteractionStatusType2s(context, present(sent.Status, "Status"));
    }

    std::string *text(const char *value)
    {
        auto *made = soap_new_std__string(context);
        *made = value;
        return made;
    }
};

// The text of an attribute; empty when the element or the attribute is not there.
inline std::string attribute(soap_dom_element *element, const char *name)
{
    const auto *found = element ? element->att_get(name) : nullptr;
    return found ? found->get_text() : "";
}
