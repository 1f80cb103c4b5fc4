# embed_texts(target output file…)  makes output (a .cpp) with `std::string_view embedded_text(name)` for each text.
function(embed_texts target output)
  set(body "")
  foreach(file IN LISTS ARGN)
    get_filename_component(name ${file} NAME_WE)
    file(READ ${file} text)
    string(APPEND body "  if (name == \"${name}\") return R\"--text--(${text})--text--\";\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  endforeach()
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT
"#include \"cli/embedded_text.hpp\"
namespace drover::cli {
std::string_view embedded_text(std::string_view name) {
@body@  return {};
}
}  // namespace drover::cli
")
  target_sources(${target} PRIVATE ${output})
endfunction()
