using Bunit;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Tests.Pages;

/// <summary>Presses what may be drawn anew at any moment: finds and presses again until a press meets what is on the page.</summary>
internal static class Pressing
{
    public static void Press<TComponent>(this IRenderedComponent<TComponent> page, string selector, TimeSpan patience)
        where TComponent : IComponent => page.WaitForAssertion(() => page.Find(selector).Click(), patience);
}
