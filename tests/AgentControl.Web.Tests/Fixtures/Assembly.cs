using System.Runtime.CompilerServices;
using AgentControl.TestKit;
using Bunit;

// One PostgreSQL for the whole test program; it starts with the first test that asks for a database.
[assembly: AssemblyFixture(typeof(PostgresFixture))]

namespace AgentControl.Web.Tests.Fixtures;

internal static class Patience
{
    /// <summary>
    /// How long a page may take to show what it reads from a real database while everything else runs. bUnit's own second is for pages with fakes;
    /// what comes sooner is seen at once, whatever this says.
    /// </summary>
    [ModuleInitializer]
    internal static void WaitForPagesAsLongAsForPrograms() =>
        BunitContext.DefaultWaitTimeout = TimeSpan.FromSeconds(30);
}
