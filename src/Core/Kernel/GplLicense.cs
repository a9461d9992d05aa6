namespace Skep.Kernel;

/// <summary>Which licence strings open GPL-only helpers (include/linux/license.h, license_is_gpl_compatible).</summary>
internal static class GplLicense
{
    public static bool IsCompatible(string? license) => license
        is "GPL" or "GPL v2" or "GPL and additional rights" or "Dual BSD/GPL" or "Dual MIT/GPL" or "Dual MPL/GPL";
}
