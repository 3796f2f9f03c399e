using Microsoft.JSInterop;

namespace AgentControl.Web.Shared;

/// <summary>Speaks to screen readers through the two live regions. Never progress, counters, log lines or clocks.</summary>
internal sealed class Announcer(IJSRuntime js)
{
    /// <summary>The result of an own action, an own job's end, a new request; messages within two seconds are joined.</summary>
    public Task PoliteAsync(string text) => js.TryInvokeAsync("ac.announce", "polite", text);

    /// <summary>As the other; of what is said of one subject within two seconds, only the last is heard.</summary>
    public Task PoliteAsync(string text, string subject) => js.TryInvokeAsync("ac.announce", "polite", text, subject);

    /// <summary>A session that ends. A lost connection is said by the browser itself.</summary>
    public Task AssertiveAsync(string text) => js.TryInvokeAsync("ac.announce", "assertive", text);
}
