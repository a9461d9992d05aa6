namespace Skep.Verification.Values;

/// <summary>What is known of whether a conditional jump is taken.</summary>
internal enum BranchVerdict : byte
{
    Unknown,
    Always,
    Never,
}
