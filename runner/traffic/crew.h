// SPDX-License-Identifier: GPL-2.0
#pragma once
#include <exception>
#include <memory>
#include <thread>
#include <vector>

namespace rxlab {

/// Threads that fail hand their exception to the caller.
class Crew {
public:
    template <typename Work>
    void add(Work work) {
        auto& failure = failures_.emplace_back(std::make_unique<std::exception_ptr>());
        threads_.emplace_back([work, slot = failure.get()] {
            try {
                work();
            } catch (...) {
                *slot = std::current_exception();
            }
        });
    }
    void join() {
        for (std::thread& thread : threads_) thread.join();
        threads_.clear();
        for (const auto& failure : failures_)
            if (*failure) std::rethrow_exception(*failure);
    }
    ~Crew() {
        for (std::thread& thread : threads_) thread.join();
    }

private:
    std::vector<std::thread> threads_;
    std::vector<std::unique_ptr<std::exception_ptr>> failures_;
};

}  // namespace rxlab
