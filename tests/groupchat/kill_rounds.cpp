#include "tests/groupchat/kill_rounds.h"

#include <fmt/format.h>

#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <stdexcept>
#include <thread>

#include "groupchat/amqp/post.h"
#include "tests/groupchat/dead_letters.h"
#include "tests/groupchat/reading_process.h"
#include "tests/support/text_files.h"

namespace threadmill::groupchat {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* kGroup = "kills";
constexpr milliseconds kLookEvery{5};

std::string name_of_reader(std::size_t i) { return fmt::format("reader-{}", i); }

void wait_for(const std::string& what, std::chrono::seconds patience, const std::function<bool()>& done) {
  const auto deadline = steady_clock::now() + patience;
  while (!done()) {
    if (steady_clock::now() > deadline) {
      throw std::runtime_error(fmt::format("not within {} s: {}", patience.count(), what));
    }
    std::this_thread::sleep_for(kLookEvery);
  }
}

/// Sends at the plan's rate from a thread of its own, one to the group, one to a single reader in turn, until
/// stop(); then until all is confirmed.
class Sender {
 public:
  Sender(const BrokerAddress& address, const KillPlan& plan)
      : plan_(plan), post_(address), thread_([this] { run(); }) {}
  ~Sender() { stop(); }

  std::uint64_t sent() const { return sent_.load(); }
  /// The highest number of a message that is confirmed; they are counted from 1 in the order of sending.
  std::uint64_t latest_confirmed() const { return latest_confirmed_.load(); }
  void stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }

  // After stop().
  struct Message {
    std::string id;
    bool to_group = false;
    std::size_t reader = 0;  // otherwise
    bool taken = false;
  };
  const std::vector<Message>& messages() const { return messages_; }
  std::uint64_t published_again() const { return post_.published_again(); }
  std::uint64_t not_taken() const { return not_taken_; }
  std::size_t unconfirmed() const { return post_.unconfirmed(); }

 private:
  void run() {
    const auto began = steady_clock::now();
    while (!stopping_) {
      const std::chrono::duration<double> passed = steady_clock::now() - began;
      const auto due = static_cast<std::uint64_t>(passed.count() * plan_.messages_per_s);
      while (due_ < due) {
        ++due_;
        if (!post_.full()) send();  // what is due while the broker is away is left out
      }
      hear(milliseconds(2));
    }
    const auto deadline = steady_clock::now() + plan_.patience;
    while (post_.unconfirmed() > 0 && steady_clock::now() < deadline) hear(milliseconds(20));
  }

  void send() {
    Message sent;
    sent.to_group = messages_.size() % 2 == 0;
    sent.reader = messages_.size() / 2 % static_cast<std::size_t>(plan_.readers);
    const std::string text = fmt::format("message {}", messages_.size());
    auto message = sent.to_group ? text_to_group("sender", kGroup, text)
                                 : text_to_user("sender", name_of_reader(sent.reader), text);
    sent.id = message.id;
    places_[sent.id] = messages_.size();
    messages_.push_back(sent);
    post_.send(std::move(message));
    ++sent_;
  }

  void hear(milliseconds wait) {
    for (const auto& outcome : post_.turn(wait)) {
      const auto place = places_.at(outcome.message.id);
      messages_[place].taken = outcome.kind == Outcome::Kind::taken;
      if (!messages_[place].taken) ++not_taken_;
      latest_confirmed_ = std::max<std::uint64_t>(latest_confirmed_, place + 1);
    }
  }

  const KillPlan plan_;
  Post post_;
  std::vector<Message> messages_;
  std::map<std::string, std::size_t> places_;
  std::uint64_t due_ = 0;
  std::uint64_t not_taken_ = 0;
  std::atomic<std::uint64_t> sent_ = 0;
  std::atomic<std::uint64_t> latest_confirmed_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;  // the last: it uses the others
};

using Readers = std::vector<std::unique_ptr<ReadingProcess>>;

Readers start_readers(const harness::PrivateBroker& broker, const KillPlan& plan) {
  Readers readers;
  for (std::size_t i = 0; i < static_cast<std::size_t>(plan.readers); ++i) {
    readers.push_back(std::make_unique<ReadingProcess>(broker.url(), name_of_reader(i), kGroup));
    const auto& reader = *readers.back();
    wait_for(fmt::format("{} entered: {}{}", name_of_reader(i), reader.shown(), reader.complaints()),
             plan.patience, [&] { return reader.shown().find("* you are in kills\n") != std::string::npos; });
    for (const Kind kind : kKinds) broker.wait_until_on_disk(inbox_of(name_of_reader(i), kind));
  }
  return readers;
}

/// For a time of chance, and for as long as it takes a busy machine to confirm what the plan asks for.
void let_load_flow(const Sender& sender, const KillPlan& plan, milliseconds time) {
  const auto enough = sender.latest_confirmed() + plan.confirmed_before_kill;
  std::this_thread::sleep_for(time);
  wait_for(fmt::format("{} messages are confirmed", plan.confirmed_before_kill), plan.patience,
           [&] { return sender.latest_confirmed() >= enough; });
}

KillRound kill_broker(harness::PrivateBroker& broker, const Sender& sender, const KillPlan& plan) {
  const auto began = steady_clock::now();
  broker.kill();
  const auto sent_before = sender.sent();
  broker.start();
  wait_for("a message is confirmed again", plan.patience,
           [&] { return sender.latest_confirmed() > sent_before; });
  return {.victim = Victim::broker,
          .gap = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began),
          .broker_start = broker.start_time()};
}

KillRound kill_reader(ReadingProcess& reader, const KillPlan& plan) {
  const auto began = steady_clock::now();
  reader.kill();
  const auto read_before = reader.history_bytes();
  reader.start();
  wait_for("the reader reads again", plan.patience, [&] { return reader.history_bytes() > read_before; });
  return {.victim = Victim::reader,
          .gap = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began),
          .broker_start = {}};
}

bool is_for(const Sender::Message& message, std::size_t reader) {
  return message.to_group || message.reader == reader;
}

std::uint64_t count_missing(const Sender& sender, std::size_t reader,
                            const std::map<std::string, int>& readings) {
  std::uint64_t missing = 0;
  for (const auto& message : sender.messages()) {
    if (message.taken && is_for(message, reader) && !readings.contains(message.id)) ++missing;
  }
  return missing;
}

/// Where a reader is so far behind that it is not done within the patience, what it lacks is missing.
void wait_until_all_is_read(const Sender& sender, const Readers& readers, const KillPlan& plan) {
  const auto deadline = steady_clock::now() + plan.patience;
  for (std::size_t i = 0; i < readers.size(); ++i) {
    while (count_missing(sender, i, readers[i]->readings()) > 0 && steady_clock::now() < deadline) {
      std::this_thread::sleep_for(milliseconds(100));
    }
  }
}

void judge(const Sender& sender, const Readers& readers, KillReport& report) {
  std::set<std::string> sent;
  for (const auto& message : sender.messages()) {
    sent.insert(message.id);
    if (!message.taken) continue;
    ++report.confirmed;
    report.to_be_read += message.to_group ? readers.size() : 1;
  }
  for (std::size_t i = 0; i < readers.size(); ++i) {
    const auto readings = readers[i]->readings();
    report.missing += count_missing(sender, i, readings);
    for (const auto& [id, times] : readings) {
      report.read_twice += static_cast<std::uint64_t>(times - 1);
      if (!sent.contains(id)) ++report.foreign;
    }
    for (const auto& line : lines_of(readers[i]->shown()))
      report.came_again += line.starts_with("* came again");
  }
  report.published_again = sender.published_again();
  report.not_taken = sender.not_taken() + sender.unconfirmed();
}

}  // namespace

KillReport kill_under_load(harness::PrivateBroker& broker, const KillPlan& plan,
                           const std::function<void(const KillRound&)>& tell) {
  std::mt19937 chance(plan.seed);
  std::uniform_int_distribution<milliseconds::rep> load_ms(plan.shortest.count(), plan.longest.count());
  const auto readers = start_readers(broker, plan);
  std::uniform_int_distribution<std::size_t> which_reader(0, readers.size() - 1);
  Sender sender(broker.address(), plan);
  KillReport report;
  for (const auto victim : plan.rounds) {
    let_load_flow(sender, plan, milliseconds(load_ms(chance)));
    report.rounds.push_back(victim == Victim::broker ? kill_broker(broker, sender, plan)
                                                     : kill_reader(*readers[which_reader(chance)], plan));
    tell(report.rounds.back());
  }
  sender.stop();
  wait_until_all_is_read(sender, readers, plan);
  judge(sender, readers, report);
  report.dead_letters = count_dead_letters(broker.address());
  return report;
}

}  // namespace threadmill::groupchat
