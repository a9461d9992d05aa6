namespace Skep.Btf.Formatting;

/// <summary>Receives the parts of one value in order, and writes them in one form (text, JSON).</summary>
internal interface IBtfValueSink
{
    void BeginStruct();

    /// <summary>The next part is this member's value.</summary>
    void Member(string name);

    void EndStruct();

    void BeginArray();

    void EndArray();

    void Signed(Int128 value);

    void Unsigned(UInt128 value);

    void Boolean(bool value);

    void Real(double value);

    /// <summary>Characters up to the terminator; printable ASCII.</summary>
    void Characters(string value);

    void Pointer(ulong address);

    void EnumName(string name);

    /// <summary>There is no value to print: <paramref name="reason"/> says why in a word or two.</summary>
    void Nothing(string reason);
}
