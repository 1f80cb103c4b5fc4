// The endings of a replacement string: {.} {/} {//} {/.}, as GNU parallel takes them from a path.
//
//     path_ending("data/a.fits", Ending::stem)    // "a"
//
//                      a/b.c   a/b.c/d  a.tar.gz  .hidden  file.  a/b/  /
//     {.}  no_extension a/b    a/b.c/d  a.tar     (empty)  file   a/b/  /
//     {/}  base         b.c    d        a.tar.gz  .hidden  file.  ""    ""
//     {//} directory    a      a/b.c    .         .        .      a     /
//     {/.} stem         b      d        a.tar     (empty)  file   ""    ""
//
// No file system is asked; bytes, no encoding. An empty path has the directory ".".
// Source  GNU parallel 20221122, src/parallel (s:\.[^/.]*$::, s:.*/::, File::Basename::dirname); a newline in
//         a path is an ordinary character here, there it ends what "." matches.
#pragma once

#include <cstdint>
#include <string_view>

namespace drover::farm {

enum class Ending : std::uint8_t { none, no_extension, base, directory, stem };

// A part of `path`, or ".": valid as long as `path`.
[[nodiscard]] std::string_view path_ending(std::string_view path, Ending ending);

}  // namespace drover::farm
