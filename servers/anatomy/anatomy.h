#pragma once
// What the file of each model says of itself in its leading comment: the one source of `threadmill explain`.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace threadmill::servers {

/// A model and the comment that its file begins with, embedded at build time (embed.cmake).
struct ModelComment {
  std::string_view model;
  std::string_view comment;  ///< its lines, each with its slashes
};

std::span<const ModelComment> model_comments();

/// "Choose it when" and what follows it. `label` is "" for a paragraph that has none.
struct AnatomyPart {
  std::string label;
  std::string text;  ///< one line
};

/// A model's leading comment, taken apart.
struct Anatomy {
  std::string drawing;             ///< who does what, as lines; "" where the comment has none
  std::vector<AnatomyPart> parts;  ///< in the order of the comment
};

/// Labels are words before a colon at the beginning of a sentence: "Who accepts", "Who reads", "Who writes",
/// "Shared", "What wakes whom", "Choose it when", "Not when", "How it fails" and "Source", and what begins
/// like the first word or two of them ("Who accepts, reads and writes"). The first paragraph, "Model `NAME`:
/// ...", is the first part, labelled "". Lines that are indented by 3 or more are the drawing. Pure.
Anatomy parse_anatomy(std::string_view comment);

/// That of the model; nothing in it where there is none of that name.
Anatomy anatomy_of(std::string_view model);

}  // namespace threadmill::servers
