#include "servers/cluster/jetstream_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>
#include <utility>

namespace threadmill::servers {
namespace {

constexpr const char* kSubject = "threadmill.log";   // what is appended
constexpr const char* kEntries = "threadmill.tail";  // what has been stored, published again
constexpr const char* kDirectGet = "$JS.API.DIRECT.GET.threadmill";
constexpr std::string_view kAppended = "append";  // ends the inbox of answers to append()

// The log is a window: who is away for longer than it lasts has missed something for good. It is reserved on
// each server's disk.
constexpr std::int64_t kStreamBytes = std::int64_t{1} << 30;
// For as long an entry that is sent again is recognised. Nobody sends one for so long.
constexpr std::chrono::nanoseconds kRecognised = std::chrono::minutes(2);
// A message has headers beside the entry, ours and those that the stream adds.
constexpr std::int64_t kHeaderBytes = 1024;

// What may wait for a loop that is held up. More is left out, which it finds missing and asks for.
constexpr std::size_t kMostNewsBytes = 64 << 20;

constexpr auto kConnectTimeout = std::chrono::seconds(2);
constexpr auto kOpenTimeout = std::chrono::seconds(15);  // servers that have just started elect first
constexpr auto kOpenPause = std::chrono::milliseconds(200);
// So soon after a server is gone without a word, another one is tried.
constexpr auto kPingInterval = std::chrono::seconds(1);
constexpr int kMostPingsOut = 2;
// A server that takes nothing holds the loop up for so long, once.
constexpr auto kWriteTimeout = std::chrono::milliseconds(500);
constexpr auto kReconnectWait = std::chrono::milliseconds(100);

constexpr int kNameInUse = 10058;  // err_code of JetStream: the stream is there, configured in another way

std::vector<std::string> split(const std::string& urls) {
  std::vector<std::string> each;
  std::size_t at = 0;
  while (at <= urls.size()) {
    const std::size_t comma = std::min(urls.find(',', at), urls.size());
    each.push_back(urls.substr(at, comma - at));
    at = comma + 1;
  }
  for (const auto& url : each) {
    if (url.empty())
      throw std::invalid_argument(
          "--cluster: an address is empty; give nats://HOST:PORT, several with commas");
  }
  return each;
}

std::size_t replicas_for(std::size_t servers) { return servers >= 3 ? 3 : 1; }

void check(natsStatus status, const char* what) {
  if (status == NATS_OK) return;
  throw std::runtime_error(fmt::format("--cluster: {}: {}", what, natsStatus_GetText(status)));
}

using Options = std::unique_ptr<natsOptions, decltype(&natsOptions_Destroy)>;

std::string_view header_of(natsMsg* message, const char* key) {
  const char* value = nullptr;
  return natsMsgHeader_Get(message, key, &value) == NATS_OK ? std::string_view(value) : std::string_view();
}

std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string data_of(const natsMsg* message) {
  return {natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))};
}

/// Of the answer to an append: {"stream": .., "seq": ..}, "duplicate", or "error".
LogNews append_news(natsMsg* message) {
  LogNews news{.kind = LogNews::Kind::refused, .text = "no server of it leads"};
  if (natsMsg_IsNoResponders(message)) return news;
  const auto answer = nlohmann::json::parse(data_of(message), nullptr, false);
  if (!answer.is_object()) return news;
  if (const auto error = answer.find("error"); error != answer.end() && error->is_object()) {
    news.text = error->value("description", "an error without a description");
    return news;
  }
  news.kind = answer.value("duplicate", false) ? LogNews::Kind::repeated : LogNews::Kind::entry;
  return news;
}

/// Of the answer to a direct get.
LogNews read_news(natsMsg* message, std::uint64_t asked) {
  LogNews news{.kind = LogNews::Kind::refused, .asked = asked};
  if (natsMsg_IsNoResponders(message)) return news;
  const auto status = header_of(message, "Status");
  if (status == "404") news.kind = LogNews::Kind::none;
  news.sequence = number_in(header_of(message, "Nats-Sequence"));
  if (!status.empty() || news.sequence == 0) return news;
  news.kind = LogNews::Kind::entry;
  news.text = data_of(message);
  return news;
}

void ignore_error(natsConnection*, natsSubscription*, natsStatus, void*) {
  // Without it the library writes to standard error. What it drops is found missing, and asked for.
}

}  // namespace

std::unique_ptr<ReplicatedLog> open_replicated_log(const std::string& urls) {
  return std::make_unique<JetStreamLog>(urls);
}

JetStreamLog::JetStreamLog(const std::string& urls) {
  const auto each = split(urls);
  replicas_ = replicas_for(each.size());
  try {
    connect(each);
    subscribe();
    open_stream();
  } catch (...) {
    close();  // the library's threads would call what is gone
    throw;
  }
}

JetStreamLog::~JetStreamLog() { close(); }

void JetStreamLog::close() {
  natsConnection_Close(connection_.get());
  answers_.reset();
  entries_.reset();
  inbox_.reset();
  connection_.reset();
  nats_CloseAndWait(0);  // until its threads, which may be calling us, are gone
}

void JetStreamLog::connect(const std::vector<std::string>& urls) {
  natsOptions* made = nullptr;
  check(natsOptions_Create(&made), "options");
  const Options options(made, natsOptions_Destroy);
  std::vector<const char*> servers;
  for (const auto& url : urls) servers.push_back(url.c_str());
  if (natsOptions_SetServers(made, servers.data(), static_cast<int>(servers.size())) != NATS_OK)
    throw std::invalid_argument("--cluster: no such addresses; give nats://HOST:PORT, several with commas");
  const auto milliseconds = [](auto span) { return std::chrono::milliseconds(span).count(); };
  natsOptions_SetName(made, "threadmill-server");
  natsOptions_SetTimeout(made, milliseconds(kConnectTimeout));
  natsOptions_SetMaxReconnect(made, std::numeric_limits<int>::max());
  natsOptions_SetReconnectWait(made, milliseconds(kReconnectWait));
  natsOptions_SetPingInterval(made, milliseconds(kPingInterval));
  natsOptions_SetMaxPingsOut(made, kMostPingsOut);
  natsOptions_SetSendAsap(made, true);
  natsOptions_SetWriteDeadline(made, milliseconds(kWriteTimeout));
  natsOptions_SetErrorHandler(made, ignore_error, nullptr);
  const auto on_reconnect = [](natsConnection*, void* self) {
    static_cast<JetStreamLog*>(self)->add({.kind = LogNews::Kind::again});
  };
  natsOptions_SetReconnectedCB(made, on_reconnect, this);
  natsConnection* connection = nullptr;
  if (const auto status = natsConnection_Connect(&connection, made); status != NATS_OK) {
    throw std::runtime_error(
        fmt::format("--cluster: none of its NATS servers can be reached ({}); are they running? `threadmill "
                    "cluster up` starts three on this machine",
                    natsStatus_GetText(status)));
  }
  connection_.reset(connection);
}

void JetStreamLog::subscribe() {
  natsInbox* inbox = nullptr;
  check(natsInbox_Create(&inbox), "inbox");
  inbox_.reset(inbox);
  const auto take_entry = [](natsConnection*, natsSubscription*, natsMsg* message, void* self) {
    static_cast<JetStreamLog*>(self)->on_entry(message);
    natsMsg_Destroy(message);
  };
  const auto take_answer = [](natsConnection*, natsSubscription*, natsMsg* message, void* self) {
    static_cast<JetStreamLog*>(self)->on_answer(message);
    natsMsg_Destroy(message);
  };
  natsSubscription* made = nullptr;
  check(natsConnection_Subscribe(&made, connection_.get(), kEntries, take_entry, this), "subscribe");
  entries_.reset(made);
  const auto answers = fmt::format("{}.*", inbox_.get());
  check(natsConnection_Subscribe(&made, connection_.get(), answers.c_str(), take_answer, this), "subscribe");
  answers_.reset(made);
}

void JetStreamLog::open_stream() {
  jsCtx* made = nullptr;
  check(natsConnection_JetStream(&made, connection_.get(), nullptr), "JetStream");
  const std::unique_ptr<jsCtx, decltype(&jsCtx_Destroy)> context(made, jsCtx_Destroy);
  const char* subjects[] = {kSubject};
  jsRePublish republish;
  jsRePublish_Init(&republish);
  republish.Source = kSubject;
  republish.Destination = kEntries;
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  config.Name = kLogStream;
  config.Subjects = subjects;
  config.SubjectsLen = 1;
  config.Storage = js_FileStorage;
  config.Replicas = static_cast<std::int64_t>(replicas_);
  config.MaxBytes = kStreamBytes;
  config.Duplicates = kRecognised.count();
  config.RePublish = &republish;
  config.AllowDirect = true;

  const auto deadline = std::chrono::steady_clock::now() + kOpenTimeout;
  while (true) {
    jsStreamInfo* found = nullptr;
    auto error = jsErrCode(0);
    auto status = js_AddStream(&found, made, &config, nullptr, &error);
    if (static_cast<int>(error) == kNameInUse)
      status = js_GetStreamInfo(&found, made, kLogStream, nullptr, &error);
    const std::unique_ptr<jsStreamInfo, decltype(&jsStreamInfo_Destroy)> info(found, jsStreamInfo_Destroy);
    if (status == NATS_OK) {
      last_sequence_ = info->State.LastSeq;
      name_ = fmt::format("{:x}", info->Created);
      replicas_ = static_cast<std::size_t>(info->Config->Replicas);
      return;
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      throw std::runtime_error(fmt::format(
          "--cluster: the stream \"{}\" with {} replicas cannot be had: {} ({}); do its servers run with "
          "JetStream, as one cluster, and see each other?",
          kLogStream, replicas_, natsStatus_GetText(status), static_cast<int>(error)));
    }
    std::this_thread::sleep_for(kOpenPause);
  }
}

std::size_t JetStreamLog::entry_limit_bytes() const {
  return static_cast<std::size_t>(
      std::max<std::int64_t>(0, natsConnection_GetMaxPayload(connection_.get()) - kHeaderBytes));
}

void JetStreamLog::append(std::string_view id, std::string_view bytes) {
  // The library would keep it for later, and so would every further attempt.
  if (natsConnection_Status(connection_.get()) != NATS_CONN_STATUS_CONNECTED) return;
  natsMsg* made = nullptr;
  const auto reply = fmt::format("{}.{}", inbox_.get(), kAppended);
  if (natsMsg_Create(&made, kSubject, reply.c_str(), bytes.data(), static_cast<int>(bytes.size())) != NATS_OK)
    return;
  const std::unique_ptr<natsMsg, decltype(&natsMsg_Destroy)> message(made, natsMsg_Destroy);
  if (natsMsgHeader_Set(made, "Nats-Msg-Id", std::string(id).c_str()) != NATS_OK) return;
  const auto status = natsConnection_PublishMsg(connection_.get(), made);
  if (status != NATS_OK) add({.kind = LogNews::Kind::refused, .text = natsStatus_GetText(status)});
}

void JetStreamLog::read_from(std::uint64_t sequence) {
  if (natsConnection_Status(connection_.get()) != NATS_CONN_STATUS_CONNECTED) return;
  const auto reply = fmt::format("{}.{}", inbox_.get(), sequence);
  const auto request = fmt::format(R"({{"seq":{},"next_by_subj":"{}"}})", sequence, kSubject);
  natsConnection_PublishRequestString(connection_.get(), kDirectGet, reply.c_str(), request.c_str());
}

std::vector<LogNews> JetStreamLog::take_news() {
  wake_up_.acknowledge();
  const std::lock_guard lock(mutex_);
  news_bytes_ = 0;
  return std::exchange(news_, {});
}

void JetStreamLog::on_entry(natsMsg* message) {
  const auto sequence = number_in(header_of(message, "Nats-Sequence"));
  if (sequence == 0) return;
  add({.kind = LogNews::Kind::entry, .sequence = sequence, .text = data_of(message)});
}

void JetStreamLog::on_answer(natsMsg* message) {
  const std::string_view subject = natsMsg_GetSubject(message);
  const auto ending = subject.substr(subject.rfind('.') + 1);
  auto news = ending == kAppended ? append_news(message) : read_news(message, number_in(ending));
  // What was appended comes as an entry.
  if (ending == kAppended && news.kind == LogNews::Kind::entry) return;
  add(std::move(news));
}

void JetStreamLog::add(LogNews news) {
  {
    const std::lock_guard lock(mutex_);
    if (news_bytes_ > kMostNewsBytes) return;
    news_bytes_ += sizeof news + news.text.size();
    news_.push_back(std::move(news));
  }
  wake_up_.signal();
}

}  // namespace threadmill::servers
