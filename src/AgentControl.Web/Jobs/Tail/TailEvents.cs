using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Tail;

/// <summary>A person scrolled the tail away from its end, or back to it.</summary>
public sealed class TailEventArgs : EventArgs
{
    public bool Following { get; set; }
}

[EventHandler("onactail", typeof(TailEventArgs), enableStopPropagation: true, enablePreventDefault: false)]
public static class EventHandlers;
