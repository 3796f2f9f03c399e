using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shared;

/// <summary>A shortcut of the page was pressed.</summary>
public sealed class ShortcutEventArgs : EventArgs
{
    public string Key { get; set; } = "";
}

/// <summary>The tab was hidden or shown.</summary>
public sealed class VisibleEventArgs : EventArgs
{
    public bool Visible { get; set; }
}

/// <summary>Somebody is being named in a field, or no longer.</summary>
public sealed class NamesEventArgs : EventArgs
{
    /// <summary>What stands behind the @; null where nobody is being named.</summary>
    public string? Begun { get; set; }

    public bool Open { get; set; }
}

/// <summary>How the uploads of one field stand; raised at most four times a second.</summary>
public sealed class UploadsEventArgs : EventArgs
{
    public int Total { get; set; }

    public int Ready { get; set; }

    public int Waiting { get; set; }

    public int Failed { get; set; }

    /// <summary>The folder inside the workspace into which the files went.</summary>
    public string Folder { get; set; } = "";
}

[EventHandler("onackey", typeof(ShortcutEventArgs), enableStopPropagation: true, enablePreventDefault: false)]
[EventHandler("onacvisible", typeof(VisibleEventArgs), enableStopPropagation: false, enablePreventDefault: false)]
[EventHandler("onacuploads", typeof(UploadsEventArgs), enableStopPropagation: true, enablePreventDefault: false)]
[EventHandler("onacnames", typeof(NamesEventArgs), enableStopPropagation: true, enablePreventDefault: false)]
public static class EventHandlers;
