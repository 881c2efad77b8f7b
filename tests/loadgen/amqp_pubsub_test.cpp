// AMQP 0-9-1 as the generator speaks it, beside a broker that the test decides over. RabbitMQ itself:
// tests/end_to_end/peers_test.cpp.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "loadgen/amqp_frames.h"
#include "loadgen/pubsub_protocol.h"
#include "loadgen/run.h"
#include "tests/loadgen/fake_amqp.h"
#include "tests/support/thrown.h"

namespace threadmill::load {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::size_t kHeader = 8;
constexpr std::size_t kPayload = 64;

/// The methods of some frames, in their order.
std::vector<amqp_method_number_t> methods_in(std::string_view bytes) {
  amqp::MethodReader reader;
  std::vector<amqp_method_number_t> ids;
  while (!bytes.empty()) {
    const auto frame = amqp::first_frame(bytes);
    if (!frame.whole()) throw std::runtime_error("not whole");
    if (const auto method = reader.read(frame)) ids.push_back(method->id);
    bytes.remove_prefix(frame.bytes);
  }
  return ids;
}

/// The first method of that kind, which has to be there; valid as long as the reader.
template <typename Method>
const Method& find_method(amqp::MethodReader& reader, std::string_view bytes, amqp_method_number_t id) {
  for (;;) {
    const auto frame = amqp::first_frame(bytes);
    if (!frame.whole()) throw std::runtime_error("no such method");
    const auto method = reader.read(frame);
    if (method && method->id == id) return amqp::as<Method>(*method);
    bytes.remove_prefix(frame.bytes);
  }
}

Push push_in(std::string_view bytes) {
  Push push;
  amqp_pubsub()->read_push(bytes, kPayload, push);
  return push;
}

std::vector<Answer> answers_in(std::string_view bytes) {
  std::vector<Answer> answers;
  amqp_pubsub()->read_answers(bytes, answers);
  return answers;
}

TEST(AmqpPubsub, SaysAllOfItsLoginAheadAndWantsNoHeartbeats) {
  const auto protocol = amqp_pubsub();
  const std::string greeting = protocol->publisher_greeting(3, "topic-0");
  EXPECT_EQ(greeting.substr(0, kHeader), std::string("AMQP\0\0\x09\x01", kHeader));
  const auto frames = std::string_view(greeting).substr(kHeader);
  EXPECT_THAT(methods_in(frames), ElementsAre(AMQP_CONNECTION_START_OK_METHOD, AMQP_CONNECTION_TUNE_OK_METHOD,
                                              AMQP_CONNECTION_OPEN_METHOD, AMQP_CHANNEL_OPEN_METHOD,
                                              AMQP_EXCHANGE_DECLARE_METHOD, AMQP_CONFIRM_SELECT_METHOD));
  amqp::MethodReader reader;
  EXPECT_EQ(find_method<amqp_connection_tune_ok_t>(reader, frames, AMQP_CONNECTION_TUNE_OK_METHOD).heartbeat,
            0);
}

TEST(AmqpPubsub, ASubscriberHasADurableQuorumQueueOfItsOwnAndAcknowledges) {
  const std::string greeting = amqp_pubsub()->subscribe_command(7, "topic-2");
  const auto frames = std::string_view(greeting).substr(kHeader);
  amqp::MethodReader reader;
  const auto& declare = find_method<amqp_queue_declare_t>(reader, frames, AMQP_QUEUE_DECLARE_METHOD);
  EXPECT_EQ(amqp::text_of(declare.queue), "threadmill.load.topic-2.7");
  EXPECT_TRUE(declare.durable);
  ASSERT_GE(declare.arguments.num_entries, 1);
  EXPECT_EQ(amqp::text_of(declare.arguments.entries[0].key), "x-queue-type");
  EXPECT_EQ(amqp::text_of(declare.arguments.entries[0].value.value.bytes), "quorum");
  const auto& bind = find_method<amqp_queue_bind_t>(reader, frames, AMQP_QUEUE_BIND_METHOD);
  EXPECT_EQ(amqp::text_of(bind.routing_key), "topic-2");
  EXPECT_EQ(find_method<amqp_basic_qos_t>(reader, frames, AMQP_BASIC_QOS_METHOD).prefetch_count, 256);
  EXPECT_FALSE(find_method<amqp_basic_consume_t>(reader, frames, AMQP_BASIC_CONSUME_METHOD).no_ack);
}

TEST(AmqpPubsub, WhoComesBackFindsItsQueueAsItWas) {
  const std::string_view remove("\0\x32\0\x28", 4);  // queue.delete: 50, 40
  const auto protocol = amqp_pubsub();
  EXPECT_NE(protocol->subscribe_command(7, "topic-2").find(remove), std::string::npos);
  const auto back = protocol->return_command(7, "topic-2");
  EXPECT_EQ(back.find(remove), std::string::npos);
  EXPECT_NE(back.find("threadmill.load.topic-2.7"), std::string::npos);
}

std::int32_t expiry_in(const std::string& greeting) {
  amqp::MethodReader reader;
  const auto& declare = find_method<amqp_queue_declare_t>(reader, std::string_view(greeting).substr(kHeader),
                                                          AMQP_QUEUE_DECLARE_METHOD);
  for (int i = 0; i < declare.arguments.num_entries; ++i) {
    const auto& argument = declare.arguments.entries[i];
    if (amqp::text_of(argument.key) == "x-expires") return argument.value.value.i32;
  }
  return 0;
}

// The broker deletes a queue, and what is in it, that nobody has consumed from for so long.
TEST(AmqpPubsub, AQueueOutlivesTheAbsenceOfItsSubscriber) {
  constexpr double kDay_s = 86'400;
  for (const double absence_s : {0.0, 0.001, 300.0, kDay_s}) {
    Plan plan;
    plan.pubsub.protocol = PubsubWire::amqp;
    plan.absence.for_s = absence_s;
    const auto protocol = make_pubsub_protocol(plan);
    const auto expiry_ms = expiry_in(protocol->subscribe_command(7, "topic-2"));
    EXPECT_GE(expiry_ms, absence_s * 1000 + 60'000);
    EXPECT_EQ(expiry_in(protocol->return_command(7, "topic-2")), expiry_ms) << "or the broker refuses it";
  }
}

TEST(AmqpPubsub, WhatIsPublishedIsPersistentAndComesBackWhereNobodyTakesIt) {
  const auto command = amqp_pubsub()->publish_command("topic-1", "the payload");
  EXPECT_EQ(command.bytes.substr(command.payload_at, 11), "the payload");
  amqp::MethodReader reader;
  const auto& publish = find_method<amqp_basic_publish_t>(reader, command.bytes, AMQP_BASIC_PUBLISH_METHOD);
  EXPECT_EQ(amqp::text_of(publish.routing_key), "topic-1");
  EXPECT_EQ(amqp::text_of(publish.exchange), "threadmill.load");
  EXPECT_TRUE(publish.mandatory);
  const auto method = amqp::first_frame(command.bytes);
  const auto header = amqp::first_frame(std::string_view(command.bytes).substr(method.bytes));
  ASSERT_TRUE(header.is(AMQP_FRAME_HEADER));
  // class, weight, size, flags of which delivery-mode is bit 12, and its value.
  EXPECT_EQ(header.payload.substr(12), std::string_view("\x10\x00\x02", 3));
}

TEST(AmqpPubsub, TheGreetingIsOverWithTheLastWord) {
  const auto protocol = amqp_pubsub();
  const std::string publisher = amqp_welcome() + amqp_heartbeat() + amqp_confirm_select_ok();
  const std::string subscriber = amqp_welcome() + amqp_new_queue_ok() + amqp_consume_ok();
  for (std::size_t bytes = 0; bytes < publisher.size(); ++bytes) {
    EXPECT_EQ(protocol->read_publisher_greeting(publisher.substr(0, bytes)).status,
              Greeting::Status::incomplete);
  }
  EXPECT_EQ(protocol->read_publisher_greeting(publisher + amqp_ack(1)).bytes, publisher.size());
  EXPECT_EQ(protocol->read_subscriber_greeting(subscriber.substr(0, subscriber.size() - 1)).status,
            Greeting::Status::incomplete);
  const auto greeting = protocol->read_subscriber_greeting(subscriber + amqp_delivery(1, "topic-0", "x"));
  EXPECT_EQ(greeting.status, Greeting::Status::confirmed);
  EXPECT_EQ(greeting.bytes, subscriber.size());
}

TEST(AmqpPubsub, ARefusedLoginSaysWhyAndForeignersAreNamed) {
  const auto protocol = amqp_pubsub();
  const auto refused = protocol->read_publisher_greeting(
      amqp_start() + amqp_connection_close("ACCESS_REFUSED - Login was refused"));
  EXPECT_EQ(refused.status, Greeting::Status::refused);
  EXPECT_THAT(refused.reason, HasSubstr("ACCESS_REFUSED - Login was refused"));
  EXPECT_THAT(
      protocol->read_subscriber_greeting(amqp_welcome() + amqp_channel_close("PRECONDITION_FAILED")).reason,
      HasSubstr("PRECONDITION_FAILED"));
  EXPECT_THAT(protocol->read_publisher_greeting(std::string("AMQP\0\1\0\0", 8)).reason,
              HasSubstr("another version of AMQP"));
  for (const std::string& foreign :
       {std::string("HTTP/1.1 400 Bad Request\r\n"), std::string("-ERR unknown\r\n"),
        amqp_start() + amqp_delivery(1, "topic-0", "x")}) {
    const auto greeting = protocol->read_subscriber_greeting(foreign);
    EXPECT_EQ(greeting.status, Greeting::Status::malformed);
    EXPECT_THAT(greeting.reason, HasSubstr("does not speak AMQP"));
  }
}

TEST(AmqpPubsub, ConfirmationsHaveNumbersAndMayBeForSeveral) {
  const auto answers = answers_in(amqp_ack(2) + amqp_heartbeat() + amqp_ack(5, true) + amqp_nack(6) +
                                  amqp_ack(7).substr(0, 12));
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0].kind, Answer::Kind::taken);
  EXPECT_EQ(answers[0].number, 2U);
  EXPECT_FALSE(answers[0].and_before);
  EXPECT_EQ(answers[1].number, 5U);
  EXPECT_TRUE(answers[1].and_before);
  EXPECT_EQ(answers[2].kind, Answer::Kind::refused);
  EXPECT_EQ(answers[2].number, 6U);
}

TEST(AmqpPubsub, WhatComesBackIsReadWithItsContentAndAnswersNothing) {
  const auto protocol = amqp_pubsub();
  const std::string returned = amqp_returned("NO_ROUTE", std::string(kPayload, 'x'));
  std::vector<Answer> answers;
  for (std::size_t bytes = 0; bytes < returned.size(); ++bytes) {
    EXPECT_EQ(protocol->read_answers(returned.substr(0, bytes), answers), 0U);
  }
  EXPECT_TRUE(answers.empty());
  EXPECT_EQ(protocol->read_answers(returned + amqp_ack(1), answers), returned.size() + amqp_ack(1).size());
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].kind, Answer::Kind::complains);
  EXPECT_THAT(answers[0].text, HasSubstr("NO_ROUTE"));
  EXPECT_EQ(answers[1].number, 1U);
  EXPECT_EQ(answers_in(amqp_channel_close("NOT_FOUND - no exchange")).at(0).kind, Answer::Kind::complains);
}

TEST(AmqpPubsub, WhatAnswersNothingIsMalformed) {
  for (const std::string& bytes :
       {std::string("+OK\r\n"), amqp_ack(0), amqp_nack(0), amqp_qos_ok(), amqp_delivery(1, "topic-0", "x"),
        amqp_cancel().substr(0, 1) + "\xff\xff"
                                     "\xff\xff\xff\xff"}) {
    const auto answers = answers_in(amqp_ack(1) + bytes);
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(answers[1].kind, Answer::Kind::malformed);
    EXPECT_NE(answers[1].text, "");
  }
}

TEST(AmqpPubsub, ADeliveryIsAcknowledgedWithThoseBeforeIt) {
  const std::string delivery = amqp_delivery(9, "topic-0", std::string(kPayload, 'x'));
  for (std::size_t bytes = 0; bytes < delivery.size(); ++bytes) {
    EXPECT_EQ(push_in(delivery.substr(0, bytes)).kind, Push::Kind::incomplete);
  }
  const Push push = push_in(delivery + delivery);
  EXPECT_EQ(push.kind, Push::Kind::message);
  EXPECT_EQ(push.bytes, delivery.size());
  EXPECT_EQ(push.topic, "topic-0");
  EXPECT_EQ(push.payload, std::string(kPayload, 'x'));
  EXPECT_EQ(push.text, amqp_ack(9, true));
  EXPECT_TRUE(push.text_covers_earlier);
  EXPECT_EQ(push_in(amqp_heartbeat()).kind, Push::Kind::nothing);
}

/// A delivery of the method alone, what announces a body of that many bytes, and bodies.
std::string delivery_in_parts(std::uint64_t body_bytes, const std::vector<std::string>& bodies,
                              const std::string& between = "") {
  const std::string whole = amqp_delivery(1, "topic-0", "");
  std::string bytes = whole.substr(0, amqp::first_frame(whole).bytes);
  amqp_basic_properties_t properties{};
  amqp::append_content_header(bytes, body_bytes, properties);
  for (const auto& body : bodies) {
    bytes += between;
    amqp::append_frame(bytes, AMQP_FRAME_BODY, amqp::kChannel, body);
  }
  return bytes;
}

TEST(AmqpPubsub, ABodyMayComeInSeveralFrames) {
  EXPECT_EQ(push_in(delivery_in_parts(5, {"ab", "", "cde"})).payload, "abcde");
  EXPECT_EQ(push_in(delivery_in_parts(5, {"ab", "cde"}, amqp_heartbeat())).payload, "abcde");
  EXPECT_EQ(push_in(delivery_in_parts(0, {})).kind, Push::Kind::message);
  EXPECT_EQ(push_in(delivery_in_parts(5, {"ab", "cd"})).kind, Push::Kind::incomplete);
}

TEST(AmqpPubsub, WhatIsNoDeliveryIsMalformedAsSoonAsItShows) {
  std::string endless;
  amqp::append_frame(endless, AMQP_FRAME_BODY, amqp::kChannel, "");
  const std::string whole = amqp_delivery(1, "topic-0", "x");
  std::string unended = whole;
  unended.back() = 'x';
  // Each begins with what the rest cannot make good: nothing is waited for, or kept.
  for (const std::string& bytes :
       {std::string("H"), std::string("\x01\x00\x02\x00\x00\x00\x08", 7),  // another channel
        std::string("\x03\x00\x01\x7f\xff\xff\xff", 7),                    // 2 GB
        std::string("\x03\x00\x01\xff\xff\xff\xff", 7), std::string("\x01\x00\x01\x00\x00\x20\x00", 7),
        std::string("\x01\x00\x01\x00\x00\x00\x03"
                    "abc\xce",
                    11),  // no method's number
        std::string("\x02\x00\x01\x00\x00\x00\x03"
                    "abc\xce",
                    11),
        std::string("\x08\x00\x00\x00\x00\x00\x01\x00\xce", 9), unended, endless, amqp_ack(1),
        amqp_delivery(0, "topic-0", "x"), delivery_in_parts(1U << 30, {}), delivery_in_parts(UINT64_MAX, {}),
        delivery_in_parts(5, {"abcdef"}), whole.substr(0, amqp::first_frame(whole).bytes) + whole,
        whole.substr(0, amqp::first_frame(whole).bytes) + endless}) {
    const Push push = push_in(bytes);
    EXPECT_EQ(push.kind, Push::Kind::malformed) << testing::PrintToString(bytes);
    EXPECT_NE(push.text, "");
  }
}

TEST(AmqpPubsub, MethodsThatLieOverTheirLengthsOrNestTooDeeplyAreMalformed) {
  for (std::size_t cut = 4; cut < 20; ++cut) {
    const std::string whole = amqp_delivery(1, "topic-0", "x");
    std::string bytes;
    amqp::append_frame(bytes, AMQP_FRAME_METHOD, 1, amqp::first_frame(whole).payload.substr(0, cut));
    EXPECT_EQ(push_in(bytes).kind, Push::Kind::malformed) << cut;
  }
  // connection.start with tables within tables, each as long as it may say.
  std::string tables;
  for (std::uint32_t left = 4000; left > 10; left -= 6) {
    tables += {0, 0, static_cast<char>(left >> 8), static_cast<char>(left & 0xff)};
    tables += "\x01";
    tables += "kF";
  }
  std::string bytes;
  amqp::append_frame(bytes, AMQP_FRAME_METHOD, 0,
                     std::string("\0\x0a\0\x0a\0\x09", 6) + tables.substr(0, 4000));
  EXPECT_EQ(amqp_pubsub()->read_publisher_greeting(bytes).status, Greeting::Status::malformed);
}

TEST(AmqpPubsub, ABrokerThatEndsItIsQuoted) {
  EXPECT_EQ(push_in(amqp_connection_close("CONNECTION_FORCED - shutdown")).kind, Push::Kind::refused);
  EXPECT_EQ(push_in(amqp_connection_close("CONNECTION_FORCED - shutdown")).text,
            "CONNECTION_FORCED - shutdown");
  EXPECT_THAT(push_in(amqp_cancel()).text, HasSubstr("its queue is gone"));
}

// The whole generator.

struct AmqpRun {
  LoadReport report;
  AmqpAcknowledged acknowledged;
};

AmqpRun run_amqp(Deliver deliver, Confirm confirm) {
  const auto acknowledged = std::make_shared<AmqpAcknowledged>();
  AmqpRun run;
  {
    FakeServer server(amqp_server(std::move(deliver), std::move(confirm), acknowledged));
    run.report = run_load(broker_plan(server, PubsubWire::amqp, 2, 3));
  }
  run.acknowledged = *acknowledged;
  return run;
}

std::string confirm_each(std::uint64_t published) { return amqp_ack(published); }

void expect_all_answered(const LoadReport& report) {
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.completed, 40U);
  EXPECT_EQ(report.deliveries, 120U);
  EXPECT_EQ(report.service_time.count(), 40U);
  EXPECT_EQ(report.integrity, Integrity{});
  EXPECT_EQ(report.errors, Errors{});
}

TEST(AmqpPubsub, EverySubscriberReceivesAndAcknowledgesEveryMessage) {
  const auto run = run_amqp(amqp_message, confirm_each);
  expect_all_answered(run.report);
  EXPECT_EQ(run.acknowledged.deliveries, 120U);
  EXPECT_LE(run.acknowledged.methods, 120U);
}

TEST(AmqpPubsub, WhatOneReadBringsIsAcknowledgedAtOnce) {
  // All but each fourth delivery wait for the next, as the window lets them.
  std::map<std::size_t, std::string> held;
  const auto run = run_amqp(
      [&](const Delivered& delivery) {
        std::string& bytes = held[delivery.subscriber];
        bytes += amqp_message(delivery);
        if (delivery.number % 4 != 3) return std::string();
        return std::exchange(bytes, "");
      },
      confirm_each);
  expect_all_answered(run.report);
  EXPECT_EQ(run.acknowledged.deliveries, 120U);
  EXPECT_LE(run.acknowledged.methods, 60U);
}

TEST(AmqpPubsub, ConfirmationsMayComeTogetherAndOutOfOrder) {
  // Of each four: the second, then the first three, then the last.
  const auto run = run_amqp(amqp_message, [](std::uint64_t published) {
    if (published % 4 == 2) return amqp_ack(published);
    if (published % 4 == 0) return amqp_ack(published - 1, true) + amqp_ack(published);
    return std::string();
  });
  expect_all_answered(run.report);
}

TEST(AmqpPubsub, WhatTheBrokerCannotKeepIsAnError) {
  const auto nacked = run_amqp(amqp_message, [](std::uint64_t published) {
    return published == 3 ? amqp_nack(published) : amqp_ack(published);
  });
  ASSERT_TRUE(nacked.report.failure);
  EXPECT_THAT(*nacked.report.failure, HasSubstr("basic.publish with an error: the broker could not keep"));
  EXPECT_EQ(nacked.report.errors.server, 2U);
  const auto returned = run_amqp(amqp_message, [](std::uint64_t published) {
    return (published == 3 ? amqp_returned("NO_ROUTE", "x") : "") + amqp_ack(published);
  });
  ASSERT_TRUE(returned.report.failure);
  EXPECT_THAT(*returned.report.failure, HasSubstr("a message came back: NO_ROUTE"));
}

TEST(AmqpPubsub, ConfirmationsOfNothingAreNoAmqp) {
  for (const auto& confirm :
       {Confirm([](std::uint64_t published) { return amqp_ack(published + 10); }),
        Confirm([](std::uint64_t published) { return amqp_ack(published) + amqp_ack(published); }),
        Confirm([](std::uint64_t) { return amqp_ack(UINT64_MAX, true); })}) {
    const auto run = run_amqp(amqp_message, confirm);
    ASSERT_TRUE(run.report.failure);
    EXPECT_THAT(*run.report.failure, HasSubstr("a reply to nothing that was sent"));
  }
}

TEST(AmqpPubsub, CountsWhatIsDamagedLostAndRepeated) {
  const auto damaged = run_amqp(
      [](Delivered delivery) {
        if (delivery.number == 5 && delivery.subscriber == 1)
          delivery.payload[60] = static_cast<char>(delivery.payload[60] ^ 1);
        return amqp_message(delivery);
      },
      confirm_each);
  EXPECT_EQ(damaged.report.integrity, (Integrity{.corrupt = 1}));
  EXPECT_EQ(damaged.acknowledged.deliveries, 120U) << "it was taken all the same";
  const auto repeated = run_amqp(
      [](const Delivered& delivery) {
        const std::string once = amqp_message(delivery);
        return delivery.number == 5 ? once + once : once;
      },
      confirm_each);
  EXPECT_EQ(repeated.report.integrity, (Integrity{.repeated = 3}));
  const auto lost = run_amqp(
      [](const Delivered& delivery) {
        return delivery.number == 5 && delivery.subscriber == 0 ? "" : amqp_message(delivery);
      },
      confirm_each);
  EXPECT_EQ(lost.report.integrity, (Integrity{.lost = 1}));
}

TEST(AmqpPubsub, AMessageIsOneFrame) {
  nlohmann::json plan = {{"target", {{"address", "127.0.0.1"}, {"port", 1}}},
                         {"driver", "pubsub"},
                         {"protocol", "amqp"},
                         {"publishers", 1},
                         {"subscribers", 1},
                         {"message_bytes", kMostAmqpMessageBytes},
                         {"stop", {{"messages", 1}}}};
  EXPECT_EQ(parse_plan(plan).pubsub.protocol, PubsubWire::amqp);
  EXPECT_EQ(parse_plan(to_json(parse_plan(plan))), parse_plan(plan));
  const std::string payload(kMostAmqpMessageBytes, 'x');
  const auto command = amqp_pubsub()->publish_command("topic-0", payload);
  EXPECT_EQ(methods_in(command.bytes).size(), 1U);
  plan["message_bytes"] = kMostAmqpMessageBytes + 1;
  EXPECT_THAT(thrown_by<PlanError>([&] { parse_plan(plan); }),
              HasSubstr("\"message_bytes\" must be at most 131064 with the protocol \"amqp\""));
}

}  // namespace
}  // namespace threadmill::load
