// The golden values of tests/golden/cie: tables of figures, with the columns named in the first row.
//
//     for (const golden::Row& row : golden::table("gaunt_ff.csv")) row.at("gff");
#pragma once

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace golden {

using Row = std::map<std::string, double>;

inline std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> found;
  std::istringstream text(line);
  for (std::string cell; std::getline(text, cell, ',');) found.push_back(cell);
  return found;
}

// Throws if the file is missing or has no rows: a test must not pass because it compared nothing.
inline std::vector<Row> table(const std::string& name) {
  std::ifstream file(std::string(CIE_GOLDEN_DIR "/") + name);
  std::string line;
  if (!std::getline(file, line)) throw std::runtime_error("no golden table " + name);
  const std::vector<std::string> columns = cells(line);
  std::vector<Row> rows;
  while (std::getline(file, line)) {
    const std::vector<std::string> values = cells(line);
    Row& row = rows.emplace_back();
    for (std::size_t i = 0; i < columns.size(); ++i)
      row[columns[i]] = std::strtod(values.at(i).c_str(), nullptr);
  }
  if (rows.empty()) throw std::runtime_error("golden table " + name + " is empty");
  return rows;
}

// The four temperatures of the worked example, keV, and their names in file names.
inline const std::map<double, std::string> kTemperatures = {{0.5, "0.5"}, {1, "1.0"}, {2, "2.0"}, {4, "4.0"}};

}  // namespace golden

// |value - expected| <= tolerance * |expected|
#define EXPECT_REL(value, expected, tolerance) \
  EXPECT_NEAR((value), (expected), (tolerance)*std::abs(expected))
