namespace Skep.Cli.Output;

/// <summary>Colours for text that is not a report; every member is empty where there are none.</summary>
internal sealed class Paint
{
    public static readonly Paint None = new(false);

    private static readonly Paint Ansi = new(true);

    private Paint(bool isColoured)
    {
        Red = isColoured ? "\u001b[1;31m" : "";
        Yellow = isColoured ? "\u001b[1;33m" : "";
        Green = isColoured ? "\u001b[1;32m" : "";
        Bold = isColoured ? "\u001b[1m" : "";
        Dim = isColoured ? "\u001b[2m" : "";
        Reset = isColoured ? "\u001b[0m" : "";
    }

    public static Paint OfOutput => Console.IsOutputRedirected ? None : Wanted;

    public static Paint OfError => Console.IsErrorRedirected ? None : Wanted;

    public string Red { get; }

    public string Yellow { get; }

    public string Green { get; }

    public string Bold { get; }

    public string Dim { get; }

    public string Reset { get; }

    public string OfFinding(bool isError) => isError ? Red : Yellow;

    /// <summary>https://no-color.org: a variable that is set and not empty turns colour off.</summary>
    private static Paint Wanted
        => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not "dumb" ? Ansi : None;
}
