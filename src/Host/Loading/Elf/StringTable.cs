using System.Text;

namespace Skep.Loading.Elf;

/// <summary>
/// Terminated strings found by their offset (ELF, BTF). Each is decoded once. Offsets into the middle of strings are
/// legal, so a hostile table could make text of the square of its size: decoding stops when a budget is used up.
/// </summary>
internal sealed class StringTable(ReadOnlyMemory<byte> bytes, int expansion)
{
    private readonly Dictionary<uint, string> _decoded = [];
    private long _budget = 1024 + ((long)bytes.Length * expansion);

    public int Length => bytes.Length;

    public bool IsExhausted => _budget < 0;

    /// <summary>
    /// The string at <paramref name="offset"/>, with control characters other than tabs replaced, so that printing it
    /// is safe; null when it starts or ends outside of the table, or the budget is used up.
    /// </summary>
    public string? Find(uint offset)
    {
        if (_decoded.TryGetValue(offset, out string? known))
        {
            return known;
        }

        if (offset >= (uint)bytes.Length || IsExhausted)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = bytes.Span[(int)offset..];
        int length = rest.IndexOf((byte)0);
        _budget -= 8 + (length < 0 ? rest.Length : length);
        if (length < 0 || _budget < 0)
        {
            return null;
        }

        string text = Decode(rest[..length]);
        _decoded.Add(offset, text);
        return text;
    }

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        return text.AsSpan().ContainsAnyInRange('\0', '\x1f') || text.AsSpan().ContainsAnyInRange('\x7f', '\x9f')
            ? string.Create(text.Length, text, static (span, source) =>
            {
                for (int index = 0; index < span.Length; index++)
                {
                    span[index] = char.IsControl(source[index]) && source[index] != '\t' ? '\ufffd' : source[index];
                }
            })
            : text;
    }
}
