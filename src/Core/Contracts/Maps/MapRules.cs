using Skep.Findings;

namespace Skep.Contracts;

/// <summary>What map types find wrong with a definition beyond what <see cref="MapTypeDescriptor"/> can say.</summary>
public static class MapRules
{
    public static readonly Rule ConflictingFlags = new(
        "SKEP4001",
        "map flags that exclude each other",
        "Keep one of them.");

    public static readonly Rule NoMemory = new(
        "SKEP4002",
        "not enough memory for a map",
        "Lower max_entries or value_size, or free memory.");

    public static readonly Rule ElementTooLarge = new(
        "SKEP4003",
        "map elements that are too large",
        "Make the key or the value smaller, or keep the large part in an array.");
}
