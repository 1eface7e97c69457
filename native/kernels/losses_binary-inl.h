// The losses of yes-or-no outputs. No include guard: included once per instruction set, after the
// vocabulary.

namespace layerwise::LAYERWISE_TARGET {

// The sigmoid of logits and what the losses over it are made of.
struct SigmoidOfLogits {
  Vec y;
  Vec no;  // 1 - y without the rounding of that difference
  Vec cross_entropy;
};

// max(x, 0) - x t + log(1 + exp(-|x|)) neither overflows nor loses small values.
LAYERWISE_INLINE SigmoidOfLogits CrossEntropyOfLogits(Vec x, Vec t) {
  const Vec one = Set(1.0f);
  const Vec e = Exp(Sub(Zero(), Abs(x)));
  const Mask negative = Lt(x, Zero());
  const Vec sum = Add(one, e);
  return {Div(IfThenElse(negative, e, one), sum), Div(IfThenElse(negative, one, e), sum),
          Add(NegMulAdd(x, t, Max(Zero(), x)), Log1p(e))};
}

struct BinaryCrossEntropy : Shares {
  static constexpr RowInfo kInfo{
      "binaryCrossEntropy",
      "mean over the outputs of -(t log y + (1 - t) log(1 - y))",
      "For independent yes-or-no outputs with targets in [0, 1]; computed from the logits, fused "
      "with the sigmoid of the output layer.",
      {}};
  static ElementLoss At(Vec x, Vec t, const float*) {
    const SigmoidOfLogits of = CrossEntropyOfLogits(x, t);
    return {of.cross_entropy, Sub(of.y, t), of.y};
  }
};

// With q = y (1 - t) + (1 - y) t, the probability of the wrong answer: a q^gamma c, c the binary
// cross-entropy. dq/dx = (1 - 2 t) y (1 - y).
struct Focal : Shares {
  static constexpr ParameterInfo kParameters[] = {
      {.name = "gamma",
       .fallback = 2.0,
       .minimum = 0.0,
       .maximum = std::numeric_limits<double>::infinity(),
       .description = "how much less sure and right answers count; 0: as much as others"},
      {.name = "alpha",
       .fallback = 0.25,
       .minimum = 0.0,
       .maximum = 1.0,
       .description = "the weight of the answer yes; that of no is 1 - alpha"}};
  static constexpr RowInfo kInfo{
      "focal",
      "mean over the outputs of a q^gamma c, with c = -(t log y + (1 - t) log(1 - y)), "
      "q = y (1 - t) + (1 - y) t, a = alpha t + (1 - alpha) (1 - t)",
      "Binary cross-entropy in which answers that are right already count little: for rare "
      "classes (Lin et al. 2017, defaults as there). Fused with the sigmoid of the output layer.",
      kParameters};
  static ElementLoss At(Vec x, Vec t, const float* parameters) {
    const Vec one = Set(1.0f);
    const Vec gamma = Set(parameters[0]);
    const SigmoidOfLogits of = CrossEntropyOfLogits(x, t);
    const Vec against = Sub(one, t);
    const Vec wrong = MulAdd(of.y, against, Mul(of.no, t));
    // The logarithm wants a normal number; what is smaller is 0 after any power that matters.
    const Vec q = Max(Set(1e-37f), wrong);
    const Vec power = Exp(Mul(gamma, Log(q)));
    const Vec alpha = MulAdd(Set(parameters[1]), t, Mul(Set(1.0f - parameters[1]), against));
    const Vec weight = Mul(alpha, power);
    const Vec of_power =
        Mul(Mul(gamma, of.cross_entropy), Mul(Sub(against, t), Div(Mul(of.y, of.no), q)));
    return {Mul(weight, of.cross_entropy), Mul(weight, Add(Sub(of.y, t), of_power)), of.y};
  }
};

struct Hinge : AnyNumbers {
  static constexpr ParameterInfo kParameters[] = {
      BooleanParameter("squared", false, "squares the loss of every output")};
  static constexpr RowInfo kInfo{
      "hinge",
      "mean over the outputs of max(0, 1 - s y), squared on request; s = 1 for t > 0, else -1",
      "Wants every output on the right side of zero with a margin of 1, as support vector "
      "machines do. Targets are -1 and 1, or 0 and 1; the last layer is linear or tanh.",
      kParameters};
  static ElementLoss At(Vec y, Vec t, const float* parameters) {
    const Vec one = Set(1.0f);
    const Vec sign = IfThenElse(Lt(Zero(), t), one, Set(-1.0f));
    const Vec margin = Max(Zero(), NegMulAdd(sign, y, one));
    const Vec slope = IfThenElse(Lt(Zero(), margin), Sub(Zero(), sign), Zero());
    // y - y: an infinity on the right side would cost nothing, and nobody would notice it.
    if (parameters[0] == 0.0f) return {Add(margin, Sub(y, y)), slope, y};
    return {MulAdd(margin, margin, Sub(y, y)), Mul(slope, Add(margin, margin)), y};
  }
};

}  // namespace layerwise::LAYERWISE_TARGET
