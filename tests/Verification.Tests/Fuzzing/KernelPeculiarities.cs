using System.Text.RegularExpressions;

namespace Skep.Verification.Tests.Fuzzing;

/// <summary>What the kernel refuses for reasons that are not safety, or that do not concern Skep; by its words.</summary>
internal static class KernelPeculiarities
{
    private static readonly (Regex Complaint, string Reason)[] Known =
    [
    ];

    /// <returns>Why it may be accepted nevertheless; null where that is unsound.</returns>
    internal static string? ReasonFor(string complaint) => Known.FirstOrDefault(entry => entry.Complaint.IsMatch(complaint)).Reason;
}
