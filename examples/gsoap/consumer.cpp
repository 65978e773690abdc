// Asks the tax service (ФНС) for a firm by its ОГРН, takes the answer and acknowledges it; then provokes a fault.
#include "participant.hpp"

static const char EGRUL[] = "urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6";

static _types__SendRequestRequest *request(Participant &consumer)
{
    auto *data = soap_new__types__SenderProvidedRequestData(consumer.context);
    data->Id = consumer.text("SIGNED_BY_CONSUMER"); // what the signature of the caller refers to
    data->MessageID = Participant::new_message_id();
    data->basic__MessagePrimaryContent = consumer.content(
        "<FNSVipULRequest xmlns='" + std::string(EGRUL) + "' ИдДок='" + data->MessageID + "' НомерДела='1'>"
        "<ЗапросЮЛ><ОГРН>1083799231834</ОГРН></ЗапросЮЛ>"
        "</FNSVipULRequest>");
    auto *request = soap_new__types__SendRequestRequest(consumer.context);
    request->SenderProvidedRequestData = data;
    if (consumer.mtom) {
        data->basic__AttachmentHeaderList = consumer.attachment_header("every-byte.bin");
        request->basic__AttachmentContentList = consumer.every_byte("every-byte.bin");
    }
    return request;
}

// Polls the queue of responses. Another's answer is left: without Ack it comes again when its lease ends.
static _types__Response &answer_to(const std::string &id, Participant &consumer)
{
    for (int attempt = 0; attempt < 60; ++attempt) {
        _types__GetResponseRequest call;
        call.basic__MessageTypeSelector = consumer.selector(EGRUL, "FNSVipULResponse");
        auto *reply = soap_new__types__GetResponseResponse(consumer.context);
        consumer.check(consumer.smev().GetResponse(&call, *reply));
        if (!reply->ResponseMessage) {
            usleep(500'000); // the queue is empty
            continue;
        }
        auto &response = present(reply->ResponseMessage->Response, "Response");
        if (response.OriginalMessageId && *response.OriginalMessageId == id) {
            Participant::print(reply->ResponseMessage->basic__AttachmentContentList);
            return response;
        }
    }
    throw std::runtime_error("no answer to " + id);
}

// SendRequest only queues: that SMEV rejects the content is told here, by AsyncProcessingStatus.
static soap_dom_element &content(Participant &consumer, const _types__SenderProvidedResponseData &data)
{
    if (data.basic__MessagePrimaryContent)
        return data.basic__MessagePrimaryContent->__any;
    const auto *status = data.AsyncProcessingStatus;
    if (!status)
        throw std::runtime_error("the provider rejected the request, or reports its progress");
    throw std::runtime_error(
        std::string(soap_basic__InteractionStatusType2s(consumer.context, status->StatusCategory)) + ": "
        + (status->StatusDetails ? *status->StatusDetails : ""));
}

static void converse(Participant &consumer)
{
    auto *call = request(consumer);
    const std::string &id = call->SenderProvidedRequestData->MessageID;
    _types__SendRequestResponse reply;
    consumer.check(consumer.smev().SendRequest(call, reply));
    std::cout << "sent: " << consumer.told(reply.MessageMetadata) << std::endl;

    auto &response = answer_to(id, consumer);
    auto &firm = present(content(consumer, present(response.SenderProvidedResponseData, "data")).elt_get(EGRUL, "СвЮЛ"),
                         "СвЮЛ: the firm is not in the register");
    std::cout << "answer: ОГРН " << attribute(&firm, "ОГРН") << ", ИНН " << attribute(&firm, "ИНН") << ", "
              << attribute(firm.elt_get(EGRUL, "СвНаимЮЛ"), "НаимЮЛСокр") << std::endl;
    consumer.acknowledge(present(present(response.MessageMetadata, "MessageMetadata").MessageId, "MessageId"));

    if (consumer.smev().SendRequest(call, reply) == SOAP_OK)
        throw std::runtime_error("SMEV took a second message with MessageID " + id);
    // After an answer that got lost this is good news.
    const auto *fault = consumer.proxy.soap_fault();
    consumer.print_fault("MessageIsAlreadySent", fault->detail ? fault->detail->faults__MessageIsAlreadySent : nullptr);
}

int main(int count, char **arguments)
{
    try {
        Participant consumer(count, arguments);
        converse(consumer);
        return 0;
    } catch (const std::exception &error) {
        std::cerr << "consumer: " << error.what() << std::endl;
        return 1;
    }
}
