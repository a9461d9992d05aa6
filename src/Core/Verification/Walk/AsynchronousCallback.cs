using Skep.Contracts;

namespace Skep.Verification.Walk;

/// <summary>A function that a helper calls later: a root of its own beside the main function (push_async_cb in kernel/bpf/verifier.c).</summary>
/// <param name="Function">By index.</param>
/// <param name="Map">The map whose element it gets, by index; 0 for none.</param>
internal sealed record AsynchronousCallback(int Function, int Map, CallbackDescriptor Descriptor);
