namespace Skep.Core.Tests.Execution.Native;

/// <summary>Tests of the whole process, with which no others run.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessTests
{
    public const string Name = "process";
}
