namespace Skep.Hosting.Telemetry;

/// <summary>The names of what measurements and spans are told apart by.</summary>
internal static class SkepTags
{
    public const string Runtime = "skep.runtime";
    public const string Subject = "skep.subject";
    public const string Findings = "skep.findings";
    public const string Program = "skep.program";
    public const string ProgramId = "skep.program.id";
    public const string Engine = "skep.engine";
    public const string AttachPoint = "skep.attach_point";
    public const string Target = "skep.target";
    public const string LinkId = "skep.link.id";
    public const string PluginState = "skep.plugin.state";
}
