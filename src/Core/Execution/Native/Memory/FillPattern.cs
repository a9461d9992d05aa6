namespace Skep.Execution.Native;

/// <summary>Bytes again and again, in pieces of a size that suits the system.</summary>
internal static class FillPattern
{
    private const int PieceLength = 1 << 16;

    public delegate void Sink(int offset, ReadOnlySpan<byte> piece);

    /// <param name="pattern">Its length divides the page.</param>
    /// <param name="length">How many bytes in all, a multiple of the pattern's length.</param>
    public static void Repeat(ReadOnlySpan<byte> pattern, int length, Sink sink)
    {
        Span<byte> piece = new byte[Math.Min(PieceLength, length)];
        Fill(piece, pattern);
        for (int offset = 0; offset < length; offset += piece.Length)
        {
            sink(offset, piece[..Math.Min(piece.Length, length - offset)]);
        }
    }

    /// <summary>Fills a span whose start lies where the pattern begins; the last repetition may be cut.</summary>
    public static void Fill(Span<byte> destination, ReadOnlySpan<byte> pattern)
    {
        if (pattern.Length == 1)
        {
            destination.Fill(pattern[0]);
            return;
        }

        for (int offset = 0; offset < destination.Length; offset += pattern.Length)
        {
            Span<byte> rest = destination[offset..];
            pattern[..Math.Min(pattern.Length, rest.Length)].CopyTo(rest);
        }
    }
}
