namespace Skep.Hosting;

/// <summary>The stages of a host's start, in order; each is done for one plugin after the other.</summary>
public enum StartStage : byte
{
    /// <summary>Folders are listed, files are looked at as data.</summary>
    Inspect,

    /// <summary>A file becomes a load context.</summary>
    Load,

    /// <summary>The plugins of an assembly are found and made.</summary>
    Find,

    /// <summary>A plugin says who it is and what it adds.</summary>
    Register,

    /// <summary>Providers are made.</summary>
    Make,

    /// <summary>Descriptors are read, names are checked, the registry is built.</summary>
    Describe,
}

/// <summary>What a stage took, for all plugins together.</summary>
public readonly record struct StageTime(StartStage Stage, TimeSpan Time);
