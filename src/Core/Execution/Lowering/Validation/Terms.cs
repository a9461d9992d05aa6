namespace Skep.Execution.Lowering.Validation;

/// <summary>
/// Values that are not known, but of which it can be told whether they are the same: a value is eight bytes, each a known number or a byte of a term, and a term is
/// what it was made of. Equal values have equal numbers.
/// </summary>
internal sealed partial class Terms
{
    private const int FirstTermByte = 256;

    private readonly Dictionary<Term, int> _terms = [];
    private readonly List<ulong> _possible = [];
    private readonly Dictionary<ValueBytes, int> _values = [];
    private readonly List<Known> _known = [];

    // As places, of values that are a low half.
    private readonly Dictionary<int, (int Base, uint Offset)> _lowPlaces = [];

    public Terms() => Zero = Constant(0);

    /// <summary>What a term is made by.</summary>
    public enum Kind
    {
        /// <summary>Arithmetic; the operator and the width are added to it.</summary>
        Alu = 0,

        /// <summary>Two bytes combined: And, Or, ExclusiveOr follow each other.</summary>
        ByteAnd = 100,
        ByteOr,
        ByteXor,

        /// <summary>255 or 0, as the top bit of a byte.</summary>
        Sign,

        /// <summary>Eight bytes of memory: base, offset, and how much had been written by then.</summary>
        Memory,

        /// <summary>What a register holds at a point where nothing is known of it.</summary>
        Entry,

        /// <summary>What an effect left in a register.</summary>
        Result,

        /// <summary>The address of a function.</summary>
        Function,
    }

    public int Zero { get; }

    /// <summary>A whole value that a term stands for.</summary>
    public int Make(Kind kind, int a, int b = 0, long c = 0) => Value(TermOf(kind, a, b, c, ulong.MaxValue));

    public int Constant(ulong value)
    {
        Span<int> bytes = stackalloc int[ValueBytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(value >> (i * 8));
        }

        return Intern(bytes);
    }

    public bool IsConstant(int value, out ulong constant)
    {
        constant = _known[value].Constant;
        return _known[value].IsConstant;
    }

    /// <summary>The value that this one is some bytes beyond, and how many.</summary>
    public (int Base, long Offset) PlaceOf(int value)
    {
        Known known = _known[value];
        return known.IsConstant ? (Zero, (long)known.Constant) : known.Base < 0 ? (value, 0) : (known.Base, known.Offset);
    }

    /// <summary>The low bytes of a value, the others zero.</summary>
    public int Low(int value, int count)
    {
        Span<int> bytes = stackalloc int[ValueBytes.Length];
        ValueBytes from = _known[value].Bytes;
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = i < count ? from[i] : 0;
        }

        return Intern(bytes);
    }

    public bool HasSameHalf(int left, int right, bool isUpper)
    {
        int from = isUpper ? 4 : 0;
        ValueBytes l = _known[left].Bytes;
        ValueBytes r = _known[right].Bytes;
        return left == right || (l[from] == r[from] && l[from + 1] == r[from + 1] && l[from + 2] == r[from + 2] && l[from + 3] == r[from + 3]);
    }

    public int ByteOf(int value, int index) => _known[value].Bytes[index];

    /// <summary>One byte that stands for itself.</summary>
    public int MakeByte(Kind kind, int a, int b = 0, long c = 0, byte possible = byte.MaxValue)
        => possible == 0 ? 0 : FirstTermByte + (TermOf(kind, a, b, c, possible) * ValueBytes.Length);

    /// <summary>What memory holds, byte by byte.</summary>
    public void PutMemory(int place, int time, long offset, Span<int> bytes)
    {
        int term = -1;
        for (int i = 0; i < bytes.Length; i++)
        {
            long at = offset + i;
            int within = (int)(at & (ValueBytes.Length - 1));
            term = term < 0 || within == 0 ? TermOf(Kind.Memory, place, time, at - within, ulong.MaxValue) : term;
            bytes[i] = FirstTermByte + (term * ValueBytes.Length) + within;
        }
    }

    public int Intern(ReadOnlySpan<int> bytes)
    {
        var key = ValueBytes.From(bytes);
        if (_values.TryGetValue(key, out int value))
        {
            return value;
        }

        var known = new Known { Bytes = key, Base = -1, IsConstant = true };
        for (int i = 0; i < bytes.Length; i++)
        {
            known.IsConstant &= bytes[i] < FirstTermByte;
            known.Constant |= (ulong)(byte)bytes[i] << (i * 8);
        }

        _values.Add(key, _known.Count);
        _known.Add(known);
        return _known.Count - 1;
    }

    private void SetPlace(int value, int place, long offset)
    {
        Known known = _known[value];
        known.Base = place;
        known.Offset = offset;
        _known[value] = known;
    }

    private byte PossibleOf(int termByte)
        => termByte < FirstTermByte ? (byte)termByte : (byte)(_possible[(termByte - FirstTermByte) / ValueBytes.Length] >> ((termByte - FirstTermByte) % ValueBytes.Length * 8));

    private ulong PossibleIn(int value)
    {
        ValueBytes bytes = _known[value].Bytes;
        ulong possible = 0;
        for (int i = 0; i < ValueBytes.Length; i++)
        {
            possible |= (ulong)PossibleOf(bytes[i]) << (i * 8);
        }

        return possible;
    }

    private int TermOf(Kind kind, int a, int b, long c, ulong possible)
    {
        var term = new Term(kind, a, b, c);
        if (!_terms.TryGetValue(term, out int index))
        {
            _terms.Add(term, index = _possible.Count);
            _possible.Add(possible);
        }

        return index;
    }

    /// <summary>All bytes of a term; those that can only be 0 are.</summary>
    private int Value(int term)
    {
        Span<int> bytes = stackalloc int[ValueBytes.Length];
        PutBytes(term, 0, ValueBytes.Length, bytes);
        return Intern(bytes);
    }

    private void PutBytes(int term, int from, int to, Span<int> bytes)
    {
        for (int i = from; i < to; i++)
        {
            int termByte = FirstTermByte + (term * ValueBytes.Length) + i;
            bytes[i] = PossibleOf(termByte) == 0 ? 0 : termByte;
        }
    }

    private readonly record struct Term(Kind Kind, int A, int B, long C);

    private struct Known
    {
        public ValueBytes Bytes;
        public ulong Constant;
        public bool IsConstant;
        public int Base;
        public long Offset;
    }
}
