using Skep.Programs;

namespace Skep.Execution.Engines;

/// <summary>A program in the form that was made for an engine, and the engine that runs it.</summary>
internal sealed record RunnableProgram(LoweredProgram Program, ProgramEngine Engine);
