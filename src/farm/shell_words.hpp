// The words and simple commands of one unquoted stretch of a shell line, as far as it must be known whether a
// word is a keyword, whether a name is a subscript, and whether more words at the end would be arguments.
//
// Source  POSIX.1-2017, Shell Command Language, 2.3 Token Recognition, 2.4
//         Reserved Words, 2.9.1 Simple Commands.
#pragma once

#include <cstdint>
#include <string>

#include "farm/shell_place.hpp"

namespace drover::farm {

class ShellWords {
 public:
  void character(char c);        // unquoted, part of a word
  void opaque();                 // a quote, an expansion, an input: the word is no keyword any more
  void end_word(char next = 0);  // `next`: the character that ended it
  void separator(char c);        // ; & | ( ) or a newline; ends the word too
  void redirection();            // < or > and their relatives; ends the word too

  [[nodiscard]] bool in_word() const { return in_word_; }
  [[nodiscard]] bool is_target() const { return target_; }  // the next word is a redirection's file

  // `case`s without their `esac` yet: a `)` may end a pattern.
  [[nodiscard]] std::uint32_t open_cases() const { return cases_; }
  // Where the stretch has become unsure: double_bracket, subscript; else ordinary.
  [[nodiscard]] ShellPlace doubt() const;
  [[nodiscard]] bool ends_in_equals() const { return in_word_ && plain_ && text_.ends_with('='); }

  // Why words at the end would not be arguments of a command: "ends in ;". Empty: they would be.
  [[nodiscard]] std::string no_command() const;

 private:
  void classify(char next);
  void spoil_subscript() { subscript_spoilt_ = subscript_spoilt_ || subscript_; }

  bool in_word_ = false;
  bool plain_ = true;  // nothing of the word was quoted or expanded
  bool assignment_ = false;
  bool command_ = false;  // the simple command has a word that is run
  bool target_ = false;
  bool after_separator_ = true;
  bool double_bracket_ = false;
  bool subscript_ = false;         // after name[
  bool subscript_spoilt_ = false;  // it held more than plain characters: shells differ in where it ends
  bool subscript_closed_ = false;  // just after its ]
  std::uint32_t cases_ = 0;
  std::string text_;  // of the word, while it is plain
  std::string last_;  // what the simple command ended or began with, for no_command()
};

}  // namespace drover::farm
