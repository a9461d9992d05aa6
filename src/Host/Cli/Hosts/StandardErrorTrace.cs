using Skep.Contracts;

namespace Skep.Cli.Hosts;

/// <summary>What programs print, on standard error: for verbs whose standard output is for their result alone.</summary>
internal sealed class StandardErrorTrace : ITraceOutput
{
    public static readonly StandardErrorTrace Instance = new();

    public void Write(in TraceRecord record) => Console.Error.WriteLine(record.Text);
}
