using System.Text.Encodings.Web;

namespace Skep.Cli.Output;

/// <summary>How strings are escaped: only what JSON demands, so that paths and C text stay readable.</summary>
internal static class JsonText
{
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
}
