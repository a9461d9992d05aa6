namespace Skep.Runtime;

/// <summary>How a runtime installs machine code; immutable. By default nothing is written anywhere, and code is packed where it fits.</summary>
public sealed record CodeArenaOptions
{
    public static readonly CodeArenaOptions Default = new();

    /// <summary>
    /// Code lies where nobody can foretell it: regions at random addresses, programs at random places in them. For hosts that run hostile programs; costs memory, since gaps are left.
    /// </summary>
    public bool Randomise { get; init; }
}
