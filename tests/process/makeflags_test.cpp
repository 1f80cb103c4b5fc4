// The forms are those that make 4.3 writes itself (MAKEFLAGS printed by a recipe) and those that its
// decode_env_switches() reads; jobserver_make_test.cpp asks the real one.
#include "process/makeflags.hpp"

#include <gtest/gtest.h>

namespace drover::process {
namespace {

std::string four(std::string_view users) {
  return makeflags_for(users, 4, 5, 6);
}
std::string one(std::string_view users) {
  return makeflags_for(users, 1, 5, 6);
}

TEST(Makeflags, AreAsMakeWritesThemWhereTheUserHasNone) {
  EXPECT_EQ(four(""), " -j4 --jobserver-auth=5,6");
  EXPECT_EQ(one(""), "");
}

TEST(Makeflags, KeepTheUsersOptionsInFrontOfOurs) {
  EXPECT_EQ(four("ks"), "ks -j4 --jobserver-auth=5,6");
  EXPECT_EQ(four(" --trace --no-print-directory"), "--trace --no-print-directory -j4 --jobserver-auth=5,6");
  EXPECT_EQ(four("k -l2.5 -Otarget -I sub"), "k -l2.5 -Otarget -I sub -j4 --jobserver-auth=5,6");
  EXPECT_EQ(one("ks -l 4"), "ks -l 4");
}

TEST(Makeflags, LoseEveryFormOfANumberOfJobs) {
  for (const char* jobs : {"-j8", "-j 8", "-j", "j8", "j", "j 8", "--jobs=8", "--jobs 8", "--jobs"}) {
    EXPECT_EQ(one(jobs), "") << jobs;
    EXPECT_EQ(four(jobs), " -j4 --jobserver-auth=5,6") << jobs;
    EXPECT_EQ(one(std::string(jobs) + " -l 4 -k"), "-l 4 -k") << jobs;
  }
  EXPECT_EQ(one("kj8"), "k");
  EXPECT_EQ(one("ksj"), "ks");
  EXPECT_EQ(one("-kj8 -w"), "-k -w");
  EXPECT_EQ(one("k -wj 8 -s"), "k -w -s");
  EXPECT_EQ(one("k -j8 -j9 --jobs=10"), "k");
}

TEST(Makeflags, LoseEveryOtherJobServer) {
  EXPECT_EQ(four(" -j8 --jobserver-auth=3,4"), " -j4 --jobserver-auth=5,6");
  EXPECT_EQ(one("k -j8 --jobserver-fds=3,4 --trace"), "k --trace");
  EXPECT_EQ(one("k -j8 --jobserver-auth=fifo:/tmp/GMfifo17 --jobserver-style=fifo"), "k");
  EXPECT_EQ(one("k --jobserver-auth 3,4 -w"), "k -w");
}

TEST(Makeflags, PutOursBeforeTheVariables) {
  EXPECT_EQ(four("k -j8 --jobserver-auth=3,4 -- A=b\\ c D=-j8"),
            "k -j4 --jobserver-auth=5,6 -- A=b\\ c D=-j8");
  EXPECT_EQ(four("-- A=b"), " -j4 --jobserver-auth=5,6 -- A=b");
  EXPECT_EQ(one("-- A=b"), "-- A=b");
  EXPECT_EQ(four("CFLAGS=-O2\\ -j8"), "CFLAGS=-O2\\ -j8 -j4 --jobserver-auth=5,6");
}

TEST(Makeflags, TakeNoValueOfAnotherOptionForANumberOfJobs) {
  EXPECT_EQ(one("-Cj8"), "-Cj8") << "the folder j8";
  EXPECT_EQ(one("-f -j8"), "-f -j8");
  EXPECT_EQ(one("k -I j8"), "k -I j8");
  EXPECT_EQ(one("-l 8"), "-l 8");
  EXPECT_EQ(one("-k a\\ -j8"), "-k a\\ -j8");
}

TEST(Makeflags, DoNotMakeLettersOfAWordThatWasTheSecond) {
  EXPECT_EQ(one("j8 n"), "") << "make takes the first word without a dash for letters: n would run nothing";
}

TEST(JobserverAuth, IsTheLastOneAndMayHaveItsOldName) {
  EXPECT_EQ(jobserver_auth(" -j4 --jobserver-auth=3,4"), "3,4");
  EXPECT_EQ(jobserver_auth("k -j4 --jobserver-auth=3,4 -w --jobserver-auth=7,8"), "7,8");
  EXPECT_EQ(jobserver_auth("--jobserver-auth=3,4 --jobserver-fds=5,6"), "5,6");
  EXPECT_EQ(jobserver_auth("--jobserver-auth=fifo:/tmp/a\\ b/GMfifo1 --jobserver-style=fifo"),
            "fifo:/tmp/a b/GMfifo1");
}

TEST(JobserverAuth, IsNoneWhereNoneIsNamed) {
  EXPECT_EQ(jobserver_auth(""), std::nullopt);
  EXPECT_EQ(jobserver_auth("ks -j4"), std::nullopt);
  EXPECT_EQ(jobserver_auth("k -- A=x --jobserver-auth=3,4"), std::nullopt) << "a value of a variable";
}

}  // namespace
}  // namespace drover::process
