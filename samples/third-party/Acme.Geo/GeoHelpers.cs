using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Skep.Contracts;

namespace Acme.Geo;

/// <summary>What a program may ask about addresses. One for each runtime: what it counts, all programs of the runtime share.</summary>
[HelperSet("acme.geo")]
public sealed partial class GeoHelpers
{
    private readonly CountryTable _table;
    private readonly ConcurrentDictionary<uint, ulong> _seen = new();

    public GeoHelpers(ILogger<GeoHelpers> logger)
    {
        using Stream text = typeof(GeoHelpers).Assembly.GetManifestResourceStream("countries.csv")!;
        _table = new CountryTable(new StreamReader(text).ReadToEnd());
        LogReady(logger, typeof(Microsoft.Extensions.Primitives.StringSegment).Assembly.GetName().Version);
    }

    /// <param name="ipv4">In the host's byte order.</param>
    [Helper("acme.geo/country", Description = "The country of an IPv4 address, as two letters with the first in the low byte; 0 where nobody knows.")]
    public ushort Country(uint ipv4)
    {
        ushort country = _table.Find(ipv4);
        _seen.AddOrUpdate(country, 1, static (_, count) => count + 1);
        return country;
    }

    [Helper("acme.geo/seen", Description = "How often acme.geo/country has given that country in this runtime.")]
    public ulong Seen(ushort country) => _seen.GetValueOrDefault(country);

    [Helper("acme.geo/name", Description = "Writes the two letters of a country and a zero behind them, as many as there is room for; 0, or -22 (EINVAL) when it is none.")]
    public static Errno Name(ushort country, Span<byte> name)
    {
        ReadOnlySpan<byte> letters = [(byte)country, (byte)(country >> 8), 0];
        if (!char.IsAsciiLetterUpper((char)letters[0]) || !char.IsAsciiLetterUpper((char)letters[1]))
        {
            return Errno.EINVAL;
        }

        letters[..Math.Min(letters.Length, name.Length)].CopyTo(name);
        return Errno.None;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Countries are known; Microsoft.Extensions.Primitives is {Version} here.")]
    private static partial void LogReady(ILogger logger, Version? version);
}
