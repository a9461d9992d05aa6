namespace Skep.TestPrograms.Worlds;

/// <summary>Fast random numbers that a seed decides (splitmix64, Steele and others 2014), with a taste for numbers at which things change.</summary>
internal struct SeededRandom(ulong seed)
{
    private static readonly ulong[] Edges =
    [
        0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 31, 32, 48, 63, 64, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000,
        0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_8000_0000, 0xffff_ffff_ffff_fff0, 0xffff_ffff_ffff_fffe, 0xffff_ffff_ffff_ffff,
    ];

    private ulong _state = seed;

    public ulong Next()
    {
        ulong mixed = _state += 0x9e37_79b9_7f4a_7c15;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58_476d_1ce4_e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d0_49bb_1331_11eb;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>From 0 on, below <paramref name="end"/>.</summary>
    public int Below(int end) => (int)(((Next() >> 32) * (uint)end) >> 32);

    public int Between(int first, int last) => first + Below(last - first + 1);

    public bool OneIn(int times) => Below(times) == 0;

    public T Pick<T>(ReadOnlySpan<T> from) => from[Below(from.Length)];

    /// <summary>A number such as programs meet: an edge, or near one, small, or anything.</summary>
    public ulong Number() => Below(4) switch
    {
        0 => Edges[Below(Edges.Length)],
        1 => Edges[Below(Edges.Length)] + (ulong)Between(-2, 2),
        2 => (ulong)Between(-8, 64),
        _ => Next() >> Below(64),
    };

    public void Fill(Span<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            BitConverter.TryWriteBytes(bytes, Number());
            bytes = bytes[sizeof(ulong)..];
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)Number();
        }
    }
}
