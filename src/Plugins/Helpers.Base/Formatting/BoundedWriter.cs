namespace Skep.Helpers.Formatting;

/// <summary>Writes into a buffer as snprintf does: what does not fit is counted and dropped.</summary>
internal ref struct BoundedWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes that the whole text has, in the buffer or not.</summary>
    public long Length { get; private set; }

    public void Write(byte value)
    {
        if (Length < _buffer.Length)
        {
            _buffer[(int)Length] = value;
        }

        Length++;
    }

    public void Write(scoped ReadOnlySpan<byte> text)
    {
        if (Length < _buffer.Length)
        {
            Span<byte> room = _buffer[(int)Length..];
            text[..Math.Min(text.Length, room.Length)].CopyTo(room);
        }

        Length += text.Length;
    }

    /// <summary>Writes a byte many times; none when <paramref name="count"/> is not positive.</summary>
    public void Fill(byte value, long count)
    {
        if (count <= 0)
        {
            return;
        }

        if (Length < _buffer.Length)
        {
            Span<byte> room = _buffer[(int)Length..];
            room[..(int)Math.Min(count, room.Length)].Fill(value);
        }

        Length += count;
    }
}
