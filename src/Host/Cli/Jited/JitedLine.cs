using System.Collections.Immutable;
using Skep.Programs;
using Skep.Programs.Dump;

namespace Skep.Cli.Jited;

/// <summary>One instruction of compiled code.</summary>
/// <param name="Bytes">Empty where the code has none to show.</param>
/// <param name="Comment">What an address in it will be when the code is installed; null for nothing to say.</param>
internal sealed record JitedLine(int Offset, ImmutableArray<byte> Bytes, string Operation, string Operands, string? Comment);

/// <summary>Code that stems from one eBPF instruction, or from none.</summary>
/// <param name="Heading">The function that begins here, or goes on here after others; null when nothing changes.</param>
/// <param name="Source">The C line, where another one begins.</param>
/// <param name="Instruction">The eBPF instruction; null where code stems from none.</param>
internal sealed record JitedGroup(string? Heading, SourceLine? Source, DumpEntry? Instruction, ImmutableArray<JitedLine> Lines);
