#pragma once
// The one explicit list of concurrency models. --help, the CLI, the conformance tests and the report all read
// it.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "servers/counts.h"
#include "servers/options.h"
#include "servers/request_work.h"

namespace threadmill::servers {

class Listener;
class Service;
class StopToken;

/// What the option --workers counts, and why a model has them.
enum class Workers {
  none,   ///< the model has none
  fixed,  ///< threads or processes that share the work of all clients; default: one for each CPU of the
          ///< server
  spare,  ///< threads or processes that stand ready, each for one client at a time; when they get fewer, more
          ///< are started, up to --max-connections; default: kSpareWorkers
};

/// What a model is, for people and for tables.
struct ModelTraits {
  std::string_view name;         ///< as given to --model
  std::string_view summary;      ///< one sentence
  std::string_view concurrency;  ///< what serves a client: "process per client", "one event loop", ...
  std::vector<std::string_view> services;  ///< of "echo", "chat", "web"
  std::vector<FlushKind>
      flushes;  ///< what --flush accepts beside the default --distribute; the first is the default
  /// What --distribute accepts; the first is the default. None: the model has its one way.
  std::vector<Distribution> distributions = {};
  bool shards = false;    ///< whether --loops may be more than 1
  bool clusters = false;  ///< whether its topics may go through a log that servers share (--cluster)
  /// Answers are written as soon as they are worked out, so that --flush is about publications only.
  bool answers_at_once = false;
  Workers workers = Workers::none;  ///< what --workers counts
  std::size_t most_workers = kMostWorkers;
  /// It serves a client to its end before it takes the next: others wait meanwhile.
  bool one_at_a_time = false;
  bool processes = false;  ///< those who serve are child processes: one may die without the others
  bool ceiling = false;    ///< not a model to choose but the most that this machine can give; tables mark it
  /// A process or a thread has one client at a time to itself. Workers::spare implies it.
  bool per_client = false;
  /// What those who serve clients have in common, and what guards it: "nothing", "topics (lock), ...".
  std::string_view shared = {};
  /// What one request of a closed loop, answered at once, takes besides the model's own code. Empty: the
  /// report predicts nothing.
  std::vector<RequestWork> work = {};
};

/// How many clients one process, thread or loop serves at a time: "one", "one, others wait", "many".
std::string_view clients_per_worker(const ModelTraits& traits);

/// Serves connections of `listener` until `stop` is requested; then answers what was received, reaps every
/// child and thread, and returns. Called once per process, from its main thread. A ceiling promises speed
/// only: it neither drains nor keeps to limits.
using Serve = ServeCounts(Listener& listener, const Service& service, const ServeOptions& options,
                          const StopToken& stop);

/// What a model needs and this machine does not give, with a remedy; empty when nothing is missing.
using Missing = std::string();

struct Model {
  ModelTraits traits;
  Serve* serve;
  Missing* missing = nullptr;  ///< null: it works on every machine
};

/// What --flush accepts beside a --distribute; the first is the default. A broadcast writes at once; writing
/// threads are woken at once or at the end of the turn.
std::vector<FlushKind> flushes_of(const ModelTraits& traits, Distribution distribution);

/// All models, in the order in which tables show them.
std::span<const Model> models();

/// The model called `name`, or nullptr.
const Model* find_model(std::string_view name);

}  // namespace threadmill::servers
