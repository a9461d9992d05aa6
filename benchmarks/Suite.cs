namespace Skep.Benchmarks;

/// <summary>Things that are measured together; one file each, listed in Program.cs.</summary>
internal sealed record Suite(string Name, string Description, Action<Harness, TextWriter> Run);
