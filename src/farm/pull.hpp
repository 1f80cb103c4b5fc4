// What a source answers when it is asked for its next input.
#pragma once

namespace drover::farm {

enum class Pull {
  task,   // here it is
  later,  // a pipe, a socket or a terminal holds no whole one yet; what came so far is kept
  end,    // no more, now and for ever
};

}  // namespace drover::farm
