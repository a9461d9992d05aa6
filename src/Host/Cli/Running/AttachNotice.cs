using System.Text.Json;
using Skep.Cli.Output;
using Skep.Contracts;

namespace Skep.Cli.Running;

/// <summary>Says that events are delivered from now on; without it a program that prints nothing looks like one that hangs.</summary>
internal static class AttachNotice
{
    public static void Show(Terminal terminal, IEnumerable<Link> links)
    {
        foreach (Link link in links)
        {
            if (terminal.IsJson)
            {
                terminal.WriteJson(json => Write(json, link));
            }
            else
            {
                terminal.Error.WriteLine($"attached {link.Program.Name} to {link.AttachPoint}:{link.Target}; Ctrl-C ends");
            }
        }

        terminal.Output.Flush();
    }

    private static void Write(Utf8JsonWriter json, Link link)
    {
        json.WriteStartObject();
        json.WriteString("type", "attached");
        json.WriteString("program", link.Program.Name);
        json.WriteString("attach_point", link.AttachPoint);
        json.WriteString("target", link.Target);
        json.WriteEndObject();
    }
}
