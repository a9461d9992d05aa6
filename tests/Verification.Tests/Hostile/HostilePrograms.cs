namespace Skep.Verification.Tests.Hostile;

internal static partial class HostilePrograms
{
    internal static IEnumerable<HostileProgram> All => [.. States, .. Loops, .. Sizes];
}
