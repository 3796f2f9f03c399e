using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Timeline;

/// <summary>The selection of a tree came to rest on another row.</summary>
public sealed class TreeMoveEventArgs : EventArgs
{
    public string Id { get; set; } = "";
}

[EventHandler("onactreemove", typeof(TreeMoveEventArgs), enableStopPropagation: true, enablePreventDefault: false)]
public static class EventHandlers;
