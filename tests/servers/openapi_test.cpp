// servers/web/openapi.json against what the session answers: each path, method and status of the file is
// provoked, and nothing is provoked that the file does not have.

#include <gmock/gmock.h>

#include <cctype>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "servers/core/web_service.h"
#include "tests/servers/web_client.h"

namespace threadmill::servers {
namespace {

using nlohmann::json;

/// A request that has that status for its answer.
struct Example {
  std::string path;  ///< as in the file
  std::string method;
  std::string target;
  std::string fields;
  std::string body;
};

constexpr const char* kJson = "Content-Type: application/json\r\n";
constexpr const char* kForeign = "Origin: https://evil.example\r\n";

std::vector<Example> examples() {
  const std::string none(21, 'n');
  const std::string post = "/topics/{topic}/messages";
  return {
      {"/", "get", "/", "", ""},
      {"/", "get", "/", kForeign, ""},
      {"/", "get", "/", "", "@421"},
      {"/openapi.json", "get", "/openapi.json", "", ""},
      {"/topics", "get", "/topics", "", ""},
      {"/topics/{topic}", "get", "/topics/a", "", ""},
      {"/topics/{topic}", "put", "/topics/a", "", ""},
      {"/topics/{topic}", "put", "/topics/a", "", ""},
      {"/topics/{topic}", "get", "/topics/a", "", ""},
      {"/topics/{topic}", "delete", "/topics/a", "", ""},
      {"/topics/{topic}", "delete", "/topics/a", "", ""},
      {"/topics/{topic}", "get", "/topics/" + none, "", ""},
      {"/topics/{topic}", "put", "/topics/" + none, "", ""},
      {"/topics/{topic}", "delete", "/topics/" + none, "", ""},
      {post, "post", "/topics/a/messages", kJson, R"({"data":"x"})"},
      {post, "post", "/topics/a/messages", kJson, "x"},
      {post, "post", "/topics/a/messages", std::string(kJson) + kForeign, R"({"data":"x"})"},
      {post, "post", "/topics/a/messages", "Transfer-Encoding: chunked\r\n", ""},
      {post, "post", "/topics/a/messages", kJson, std::string(101, 'x')},
      {post, "post", "/topics/a/messages", "Content-Type: text/plain\r\n", "x"},
      {post, "post", "/topics/a/messages", "X: " + std::string(500, 'x') + "\r\n", ""},
      {"/events", "get", "/events?topic=a", "", ""},
      {"/events", "get", "/events", "", ""},
      {"/topics/{topic}", "put", "/topics/b", "", ""},
      {"/topics/{topic}", "put", "/topics/c", "", ""},
      {"/topics/{topic}", "put", "/topics/d", "", ""},
      {"/topics/{topic}", "put", "/topics/e", "", ""},
      {post, "post", "/topics/e/messages", kJson, R"({"data":"x"})"},
      {"/events", "get", "/events?topic=e", "", ""},
  };
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

/// In a connection of its own.
std::string answer_to(const Example& example, WebStage& stage) {
  WebClient client(stage);
  if (example.body == "@421") return client.say("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  return client.ask(upper(example.method), example.target, example.fields, example.body);
}

const json& resolved(const json& file, const json& value) {
  if (!value.contains("$ref")) return value;
  return file.at(json::json_pointer(value.at("$ref").get<std::string>().substr(1)));
}

/// The content type is one of the file's, and what is required is there.
void expect_as_described(const json& file, const json& described, const std::string& answer) {
  const json& response = resolved(file, described);
  if (!response.contains("content")) {
    EXPECT_EQ(answer.find("Content-Type:"), std::string::npos) << answer;
    return;
  }
  const auto only = response.at("content").begin();
  const std::string& type = only.key();
  const json& content = only.value();
  EXPECT_NE(answer.find("Content-Type: " + type), std::string::npos) << answer;
  if (!content.contains("schema")) return;
  const json body = json::parse(body_of(answer));
  for (const auto& key : content.at("schema").at("required")) {
    EXPECT_TRUE(body.contains(key.get<std::string>())) << key << " in " << body;
  }
  for (const auto& [key, value] : body.items()) {
    EXPECT_TRUE(content.at("schema").at("properties").contains(key)) << key << " is not described";
  }
}

TEST(OpenApi, EachPathMethodAndStatusIsAnsweredAsDescribed) {
  std::ifstream in(THREADMILL_SOURCE_DIR "/servers/web/openapi.json");
  const json file = json::parse(in);
  std::set<std::string> described;
  for (const auto& [path, methods] : file.at("paths").items()) {
    for (const auto& [method, operation] : methods.items()) {
      if (method == "parameters") continue;
      for (const auto& [status, response] : operation.at("responses").items())
        described.insert(path + " " + method + " " + status);
    }
  }
  WebStage stage;
  std::set<std::string> provoked;
  WebClient first(stage), second(stage);
  for (const auto& example : examples()) {
    // From here on no topic can take the place of another.
    if (example.target == "/topics/e") {
      first.ask("GET", "/events?topic=a&topic=b");
      second.ask("GET", "/events?topic=c&topic=d");
    }
    const auto answer = answer_to(example, stage);
    const auto status = std::to_string(status_of(answer));
    provoked.insert(example.path + " " + example.method + " " + status);
    const json& responses = file.at("paths").at(example.path).at(example.method).at("responses");
    ASSERT_TRUE(responses.contains(status)) << example.path << " " << example.method << " " << status;
    expect_as_described(file, responses.at(status), answer);
  }
  EXPECT_EQ(provoked, described);
}

TEST(OpenApi, WhatIsServedIsDescribed) {
  std::ifstream in(THREADMILL_SOURCE_DIR "/servers/web/openapi.json");
  const json file = json::parse(in);
  const std::string description = file.at("info").at("description");
  std::set<std::string> described;
  for (const auto& [path, methods] : file.at("paths").items()) {
    for (const auto& [method, operation] : methods.items()) {
      if (method != "parameters") described.insert(upper(method) + " " + path);
    }
  }
  std::set<std::string> served;
  for (const auto& [path, methods] : HttpSession::paths()) {
    // Files that only the page needs are no paths of the file.
    const bool told_of_the_page =
        !file.at("paths").contains(path) && description.find(" " + path) != std::string::npos;
    for (const auto method : methods) {
      if (!told_of_the_page) served.insert(std::string(method) + " " + path);
    }
  }
  EXPECT_EQ(served, described);
  const std::string refusal(WebService(ServeOptions{}).refusal());
  EXPECT_NE(description.find(std::to_string(status_of(refusal))), std::string::npos) << refusal;
}

TEST(OpenApi, TheFileThatIsServedIsTheFile) {
  std::ifstream in(THREADMILL_SOURCE_DIR "/servers/web/openapi.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  WebStage stage;
  EXPECT_EQ(body_of(WebClient(stage).ask("GET", "/openapi.json")), text);
}

}  // namespace
}  // namespace threadmill::servers
