// Waits for a request for a person's ИНН, answers it and acknowledges it; then provokes a fault.
#include "participant.hpp"

static const char INN[] = "urn://x-artefacts-fns-inn-singular/root/270-18/4.0.1";

static _types__Request &next_request(Participant &provider)
{
    for (int attempt = 0; attempt < 120; ++attempt) {
        _types__GetRequestRequest call;
        call.basic__MessageTypeSelector = provider.selector(INN, "FNSINNSingularRequest");
        auto *reply = soap_new__types__GetRequestResponse(provider.context);
        provider.check(provider.smev().GetRequest(&call, *reply));
        if (reply->RequestMessage) {
            Participant::print(reply->RequestMessage->basic__AttachmentContentList);
            return present(reply->RequestMessage->Request, "Request");
        }
        usleep(500'000); // the queue is empty
    }
    throw std::runtime_error("no request came");
}

static _types__SendResponseRequest *answer(Participant &provider, const std::string &to, const std::string &number)
{
    auto *data = soap_new__types__SenderProvidedResponseData(provider.context);
    data->Id = provider.text("SIGNED_BY_PROVIDER"); // what the signature of the caller refers to
    data->MessageID = Participant::new_message_id();
    data->To = to;
    auto *content = provider.content("<FNSINNSingularResponse xmlns='" + std::string(INN) + "' ИННФЛ='379945132320'/>");
    content->__any.att("ИдЗапрос") = number; // of the request: set, not pasted, it may hold a quote
    data->basic__MessagePrimaryContent = content;
    auto *response = soap_new__types__SendResponseRequest(provider.context);
    response->SenderProvidedResponseData = data;
    if (provider.mtom) {
        data->basic__AttachmentHeaderList = provider.attachment_header("every-byte.bin");
        response->basic__AttachmentContentList = provider.every_byte("every-byte.bin");
    }
    return response;
}

static void converse(Participant &provider)
{
    auto &request = next_request(provider);
    const auto &received = present(request.MessageMetadata, "MessageMetadata");
    const auto &data = present(request.SenderProvidedRequestData, "SenderProvidedRequestData");
    auto &content = present(data.basic__MessagePrimaryContent, "MessagePrimaryContent").__any;
    auto &person = present(content.elt_get(INN, "СведФЛ"), "СведФЛ");
    auto *name = person.elt_get(INN, "ФИО");
    std::cout << "request: " << present(received.MessageId, "MessageId") << " from "
              << present(received.Sender, "Sender").Mnemonic << ": " << attribute(name, "Фамилия") << ' '
              << attribute(name, "Имя") << ' ' << attribute(name, "Отчество") << std::endl;

    // ReplyTo is SMEV's own: it is copied, and never read.
    const std::string number = attribute(&content, "ИдЗапрос");
    _types__SendResponseResponse reply;
    provider.check(provider.smev().SendResponse(answer(provider, present(request.ReplyTo, "ReplyTo"), number), reply));
    std::cout << "sent: " << provider.told(reply.MessageMetadata) << std::endl;
    // Last: a request that is not acknowledged comes again, also to a provider that broke down over it.
    provider.acknowledge(*received.MessageId);

    if (provider.smev().SendResponse(answer(provider, "nobody", number), reply) == SOAP_OK)
        throw std::runtime_error("SMEV took a response to nobody");
    const auto *fault = provider.proxy.soap_fault();
    provider.print_fault("RecipientIsNotFound", fault->detail ? fault->detail->faults__RecipientIsNotFound : nullptr);
}

int main(int count, char **arguments)
{
    try {
        Participant provider(count, arguments);
        converse(provider);
        return 0;
    } catch (const std::exception &error) {
        std::cerr << "provider: " << error.what() << std::endl;
        return 1;
    }
}
