using Skep.Execution.Native;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution.Native;

/// <summary>The kinds of executable memory that the system of the tests has.</summary>
internal static class TestMemory
{
    private const string File = "file";
    private const string Flipped = "flipped";

    /// <summary>What the runtime takes by itself.</summary>
    public const string Chosen = "chosen";

    public static string[] Names => !OperatingSystem.IsLinux() ? [Chosen] : FileMemory.IsOffered() ? [File, Flipped] : [Flipped];

    public static IExecutableMemory Create(string name) => name switch
    {
        File => new FileMemory(),
        Flipped => new FlippedMemory(),
        _ => ExecutableMemory.Create(CodeArenaOptions.Default),
    };

    public static CodeArena Arena(string name, Limits? limits = null, bool randomise = false)
        => new(limits ?? Limits.Default, new CodeArenaOptions { Randomise = randomise }, () => Create(name));
}
