using System.Net;
using System.Buffers.Binary;
using Microsoft.Extensions.Primitives;

namespace Acme.Geo;

/// <summary>Ranges of addresses by country, for look-up by the address; read from text once.</summary>
internal sealed class CountryTable
{
    private readonly uint[] _first;
    private readonly uint[] _last;
    private readonly ushort[] _country;

    /// <param name="text">Lines of <c>first,last,country</c>; empty ones and those that begin with <c>#</c> are left out.</param>
    /// <exception cref="FormatException">A line is none of these; the message names it.</exception>
    public CountryTable(string text)
    {
        var ranges = new List<(uint First, uint Last, ushort Country)>();
        int number = 0;
        foreach (StringSegment line in new StringTokenizer(text, ['\n']))
        {
            number++;
            StringSegment trimmed = line.Trim();
            if (trimmed.Length > 0 && trimmed[0] != '#')
            {
                ranges.Add(Parse(trimmed, number));
            }
        }

        ranges.Sort();
        _first = [.. ranges.Select(range => range.First)];
        _last = [.. ranges.Select(range => range.Last)];
        _country = [.. ranges.Select(range => range.Country)];
    }

    /// <summary>The country's two letters, the first in the low byte; 0 where nobody knows.</summary>
    public ushort Find(uint address)
    {
        int index = Array.BinarySearch(_first, address);
        index = index >= 0 ? index : ~index - 1;
        return index >= 0 && address <= _last[index] ? _country[index] : (ushort)0;
    }

    private static (uint First, uint Last, ushort Country) Parse(StringSegment line, int number)
    {
        StringSegment[] parts = [.. new StringTokenizer(line, [','])];
        if (parts.Length == 3 && Address(parts[0]) is { } first && Address(parts[1]) is { } last && first <= last && parts[2].Length == 2)
        {
            return (first, last, (ushort)(parts[2][0] | parts[2][1] << 8));
        }

        throw new FormatException($"countries.csv({number}): '{line}' is no line of first address, last address, country.");
    }

    private static uint? Address(StringSegment text)
        => IPAddress.TryParse(text.AsSpan(), out IPAddress? address) && address.GetAddressBytes() is { Length: 4 } bytes ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : null;
}
