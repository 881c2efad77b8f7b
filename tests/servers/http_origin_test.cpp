#include "servers/core/http_origin.h"

#include <gtest/gtest.h>

namespace threadmill::servers {
namespace {

TEST(HttpOrigin, OwnHostsAreAddressesLocalhostAndTheNameThatWasGiven) {
  for (const char* host :
       {"localhost", "LocalHost:8080", "127.0.0.1", "192.168.1.5:80", "[::1]:8080", "[::1]", ""}) {
    EXPECT_TRUE(is_own_host(host, "")) << host;
  }
  for (const char* host :
       {"example.org", "example.org:8080", "127.0.0.1.example.org", "localhost.evil", "[", "[x]", "1.2.3"}) {
    EXPECT_FALSE(is_own_host(host, "")) << host;
  }
  EXPECT_TRUE(is_own_host("chat.example.org:80", "chat.example.org"));
}

TEST(HttpOrigin, OnlyOurOwnPageIsWelcomeUnlessAnotherIsAllowed) {
  EXPECT_TRUE(is_welcome_origin("", "localhost:80", ""));
  EXPECT_TRUE(is_welcome_origin("http://localhost:80", "localhost:80", ""));
  EXPECT_FALSE(is_welcome_origin("http://localhost:81", "localhost:80", ""));
  EXPECT_FALSE(is_welcome_origin("https://evil.example", "localhost:80", ""));
  EXPECT_FALSE(is_welcome_origin("null", "localhost:80", ""));
  EXPECT_TRUE(is_welcome_origin("https://good.example", "localhost:80", "https://good.example"));
  EXPECT_FALSE(is_welcome_origin("https://evil.example", "localhost:80", "https://good.example"));
  EXPECT_TRUE(is_welcome_origin("https://any.example", "localhost:80", "*"));
}

TEST(HttpOrigin, CorsFieldsAreSentOnlyWhenAskedFor) {
  EXPECT_EQ(cors_fields("http://localhost:80", ""), "");
  EXPECT_EQ(cors_fields("https://a.example", "https://a.example"),
            "Vary: Origin\r\nAccess-Control-Allow-Origin: https://a.example\r\n");
  EXPECT_EQ(cors_fields("", "https://a.example"), "Vary: Origin\r\n");
}

TEST(HttpOrigin, WhatABrowserCanSendIsToldFromWhatItCannot) {
  for (const char* text : {"https://example.org", "http://localhost:8080", "http://[::1]:80", "app://x"}) {
    EXPECT_TRUE(is_origin(text)) << text;
  }
  for (const char* text : {"", "example.org", "https://", "://example.org", "https://example.org/",
                           "https://a.example https://b.example", "https://me@example.org"}) {
    EXPECT_FALSE(is_origin(text)) << text;
  }
  EXPECT_TRUE(is_host_name("my.host"));
  for (const char* text : {"", "my.host:80", "http://my.host", "my.host/", "two names"}) {
    EXPECT_FALSE(is_host_name(text)) << text;
  }
}

}  // namespace
}  // namespace threadmill::servers
