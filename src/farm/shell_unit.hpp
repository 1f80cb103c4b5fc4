// Classes of the characters of a shell line; a unit outside of 0…255 (a replacement, the end) is in none.
// Source  POSIX.1-2017, Shell Command Language, 2.3 Token Recognition, 3.235 Name.
#pragma once

namespace drover::farm {

inline bool is_blank(int unit) {
  return unit == ' ' || unit == '\t';
}
inline bool is_control(int unit) {
  return unit == ';' || unit == '&' || unit == '|';
}
inline bool is_digit(int unit) {
  return unit >= '0' && unit <= '9';
}
inline bool is_name(int unit) {
  return is_digit(unit) || (unit >= 'a' && unit <= 'z') || (unit >= 'A' && unit <= 'Z') || unit == '_';
}
// What a word cannot hold unquoted.
inline bool ends_word(int unit) {
  return is_blank(unit) || is_control(unit) || unit == '\n' || unit == '(' || unit == ')' || unit == '<' ||
         unit == '>';
}

}  // namespace drover::farm
