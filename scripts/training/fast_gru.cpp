// One GRU layer over all its steps, forward and backward, for one CPU thread.
//
// Products are in the type of x: bf16 with fp32 accumulation (oneDNN through at::mm_out) where the CPU has it, else fp32;
// gates, states and sums are fp32. The input projection and both weight gradients are one product each over all steps;
// only the recurrent product is per step.
// Equations and gate order (r, z, n) are those of torch.nn.GRU (linear_before_reset = 1 in ONNX).
#include <torch/extension.h>
#include <cmath>
#include <type_traits>
#include <vector>

namespace {

inline float sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }
inline float tanh_(float x) { return 2.0f / (1.0f + std::exp(-2.0f * x)) - 1.0f; }

// Kept of a step for the backward pass, each [T, B, H] fp32: r, z, n and the recurrent part of the candidate.
struct Saved {
  at::Tensor r, z, n, candidate;
};

template <typename Low>
void forward_gates(const Low* gx, const Low* gh, const float* bias_x, const float* bias_h, const float* h_prev, float* h,
                   Low* h_low, float* r, float* z, float* n, float* candidate, int64_t batch, int64_t hidden) {
  for (int64_t b = 0; b < batch; b++) {
    const Low* x = gx + b * 3 * hidden;
    const Low* y = gh + b * 3 * hidden;
    const int64_t o = b * hidden;
#pragma omp simd
    for (int64_t i = 0; i < hidden; i++) {
      const float reset = sigmoid(float(x[i]) + float(y[i]) + bias_x[i] + bias_h[i]);
      const float update = sigmoid(float(x[hidden + i]) + float(y[hidden + i]) + bias_x[hidden + i] + bias_h[hidden + i]);
      const float c = float(y[2 * hidden + i]) + bias_h[2 * hidden + i];
      const float fresh = tanh_(float(x[2 * hidden + i]) + bias_x[2 * hidden + i] + reset * c);
      const float next = fresh + update * (h_prev[o + i] - fresh);
      r[o + i] = reset;
      z[o + i] = update;
      n[o + i] = fresh;
      candidate[o + i] = c;
      h[o + i] = next;
      h_low[o + i] = Low(next);
    }
  }
}

template <typename Low>
void backward_gates(const float* dh, const float* h_prev, const float* r, const float* z, const float* n,
                    const float* candidate, Low* dgx, Low* dgh, float* dh_prev, int64_t batch, int64_t hidden) {
  for (int64_t b = 0; b < batch; b++) {
    Low* dx = dgx + b * 3 * hidden;
    Low* dy = dgh + b * 3 * hidden;
    const int64_t o = b * hidden;
#pragma omp simd
    for (int64_t i = 0; i < hidden; i++) {
      const float d = dh[o + i], update = z[o + i], fresh = n[o + i], reset = r[o + i];
      const float dz = d * (h_prev[o + i] - fresh) * update * (1.0f - update);
      const float dn = d * (1.0f - update) * (1.0f - fresh * fresh);
      const float dr = dn * candidate[o + i] * reset * (1.0f - reset);
      dx[i] = dy[i] = Low(dr);
      dx[hidden + i] = dy[hidden + i] = Low(dz);
      dx[2 * hidden + i] = Low(dn);
      dy[2 * hidden + i] = Low(dn * reset);
      dh_prev[o + i] = d * update;
    }
  }
}

template <typename Low>
std::vector<at::Tensor> forward_steps(at::Tensor x, at::Tensor w_x, at::Tensor w_h, at::Tensor bias_x, at::Tensor bias_h,
                                    at::Tensor h0) {
  const int64_t steps = x.size(0), batch = x.size(1), hidden = w_h.size(1);
  const auto low = x.options(), full = h0.options();
  auto gx = at::mm(x.reshape({steps * batch, -1}), w_x.t()).view({steps, batch, 3 * hidden});
  auto gh = at::empty({batch, 3 * hidden}, low);
  auto h = at::empty({steps + 1, batch, hidden}, full);
  // in fp32 the states serve as they are
  const bool same = std::is_same_v<Low, float>;
  auto h_low = same ? h : at::empty({steps + 1, batch, hidden}, low);
  h[0].copy_(h0);
  if (!same) h_low[0].copy_(h0);
  Saved s{at::empty({steps, batch, hidden}, full), at::empty({steps, batch, hidden}, full),
          at::empty({steps, batch, hidden}, full), at::empty({steps, batch, hidden}, full)};
  const auto w_h_t = w_h.t();
  const int64_t row = batch * hidden;
  for (int64_t t = 0; t < steps; t++) {
    at::mm_out(gh, h_low[t], w_h_t);
    forward_gates(gx.data_ptr<Low>() + t * 3 * row, gh.data_ptr<Low>(), bias_x.data_ptr<float>(),
                  bias_h.data_ptr<float>(), h.data_ptr<float>() + t * row, h.data_ptr<float>() + (t + 1) * row,
                  h_low.data_ptr<Low>() + (t + 1) * row, s.r.data_ptr<float>() + t * row, s.z.data_ptr<float>() + t * row,
                  s.n.data_ptr<float>() + t * row, s.candidate.data_ptr<float>() + t * row, batch, hidden);
  }
  return {h_low, h, s.r, s.z, s.n, s.candidate};
}

template <typename Low>
std::vector<at::Tensor> backward_steps(at::Tensor d_out, at::Tensor x, at::Tensor w_x, at::Tensor w_h, at::Tensor h_low,
                                     at::Tensor h, at::Tensor r, at::Tensor z, at::Tensor n, at::Tensor candidate) {
  const int64_t steps = x.size(0), batch = x.size(1), hidden = w_h.size(1);
  const auto low = x.options(), full = h.options();
  auto dgx = at::empty({steps, batch, 3 * hidden}, low);
  auto dgh = at::empty({steps, batch, 3 * hidden}, low);
  auto dh = at::zeros({batch, hidden}, full);
  auto through_gates = at::empty({batch, hidden}, full);
  auto through_product = at::zeros({batch, hidden}, low);
  const int64_t row = batch * hidden;
  for (int64_t t = steps - 1; t >= 0; t--) {
    float* d = dh.data_ptr<float>();
    const Low* out = d_out.data_ptr<Low>() + t * row;
    const Low* product = through_product.data_ptr<Low>();
    const float* gates = through_gates.data_ptr<float>();
    if (t == steps - 1) {
      for (int64_t i = 0; i < row; i++) d[i] = float(out[i]);
    } else {
#pragma omp simd
      for (int64_t i = 0; i < row; i++) d[i] = float(out[i]) + float(product[i]) + gates[i];
    }
    backward_gates(d, h.data_ptr<float>() + t * row, r.data_ptr<float>() + t * row, z.data_ptr<float>() + t * row,
                   n.data_ptr<float>() + t * row, candidate.data_ptr<float>() + t * row, dgx.data_ptr<Low>() + t * 3 * row,
                   dgh.data_ptr<Low>() + t * 3 * row, through_gates.data_ptr<float>(), batch, hidden);
    at::mm_out(through_product, dgh[t], w_h);
  }
  auto dh0 = through_gates + through_product.to(at::kFloat);
  auto dgx2 = dgx.view({steps * batch, 3 * hidden});
  auto dgh2 = dgh.view({steps * batch, 3 * hidden});
  auto dx = at::mm(dgx2, w_x).view_as(x);
  auto dw_x = at::mm(dgx2.t(), x.reshape({steps * batch, -1}));
  auto dw_h = at::mm(dgh2.t(), h_low.narrow(0, 0, steps).reshape({steps * batch, hidden}));
  return {dx, dw_x.to(at::kFloat), dw_h.to(at::kFloat), dgx2.sum(0, false, at::kFloat), dgh2.sum(0, false, at::kFloat), dh0};
}

}  // namespace

// x [T, B, I], w_x [3H, I] and w_h [3H, H], all bf16 or all fp32; biases [3H] fp32, h0 [B, H] fp32.
// Returns h [T + 1, B, H] in the type of x (row 0 is h0), then the same in fp32, and what backward needs.
std::vector<at::Tensor> gru_forward(at::Tensor x, at::Tensor w_x, at::Tensor w_h, at::Tensor bias_x, at::Tensor bias_h,
                                    at::Tensor h0) {
  const auto steps = x.scalar_type() == at::kBFloat16 ? forward_steps<at::BFloat16> : forward_steps<float>;
  return steps(x, w_x, w_h, bias_x, bias_h, h0);
}

// d_out [T, B, H], in the type of x: the gradient of every step's state. Returns gradients of x, w_x, w_h, bias_x,
// bias_h, h0.
std::vector<at::Tensor> gru_backward(at::Tensor d_out, at::Tensor x, at::Tensor w_x, at::Tensor w_h, at::Tensor h_low,
                                     at::Tensor h, at::Tensor r, at::Tensor z, at::Tensor n, at::Tensor candidate) {
  const auto steps = x.scalar_type() == at::kBFloat16 ? backward_steps<at::BFloat16> : backward_steps<float>;
  return steps(d_out, x, w_x, w_h, h_low, h, r, z, n, candidate);
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
  m.def("forward", &gru_forward, py::call_guard<py::gil_scoped_release>());
  m.def("backward", &gru_backward, py::call_guard<py::gil_scoped_release>());
}
