namespace Skep.Execution.Native;

/// <summary>There is no room for code: a limit of the runtime is reached, or the system gives no executable memory. The message says which, and what can be done.</summary>
internal sealed class CodeMemoryException(string message) : Exception(message);
