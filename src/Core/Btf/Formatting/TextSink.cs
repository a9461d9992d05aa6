using System.Globalization;
using System.Text;

namespace Skep.Btf.Formatting;

/// <summary>Writes values in one line, in the manner of C initialisers.</summary>
internal sealed class TextSink(StringBuilder text) : IBtfValueSink
{
    private readonly Stack<bool> _isEmpty = new();
    private bool _followsName;

    public void BeginStruct() => Open('{');

    public void Member(string name)
    {
        Separate();
        text.Append(name).Append(" = ");
        _followsName = true;
    }

    public void EndStruct() => text.Append(_isEmpty.Pop() ? "}" : " }");

    public void BeginArray() => Open('[');

    public void EndArray()
    {
        _isEmpty.Pop();
        text.Append(']');
    }

    public void Signed(Int128 value) => Write(value.ToString(CultureInfo.InvariantCulture));

    public void Unsigned(UInt128 value) => Write(value.ToString(CultureInfo.InvariantCulture));

    public void Boolean(bool value) => Write(value ? "true" : "false");

    public void Real(double value) => Write(value.ToString("R", CultureInfo.InvariantCulture));

    public void Characters(string value) => Write($"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");

    public void Pointer(ulong address) => Write($"0x{address:x}");

    public void EnumName(string name) => Write(name);

    public void Nothing(string reason) => Write($"<{reason}>");

    private void Open(char bracket)
    {
        Separate();
        text.Append(bracket);
        _isEmpty.Push(true);
    }

    private void Write(string part)
    {
        Separate();
        text.Append(part);
    }

    private void Separate()
    {
        if (_followsName)
        {
            _followsName = false;
            return;
        }

        if (_isEmpty.TryPop(out bool isFirst))
        {
            bool isStruct = text[^1] == '{';
            text.Append(!isFirst ? ", " : isStruct ? " " : "");
            _isEmpty.Push(false);
        }
    }
}
