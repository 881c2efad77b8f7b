"""The model of docs/SCALING.md against what is known of it without measuring."""

import math
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks"))
import scaling_model as model  # noqa: E402


class Speedup(unittest.TestCase):
    def test_is_linear_where_nothing_is_shared(self):
        self.assertEqual(model.speedup(64, 0, 0), 64)

    def test_levels_off_under_contention_alone_as_amdahl_says(self):
        self.assertAlmostEqual(model.speedup(1e9, 0.05, 0), 20, places=3)

    def test_falls_again_under_coherency_beyond_the_peak(self):
        peak = round(math.sqrt(1 / 0.01))
        self.assertGreater(model.speedup(peak, 0, 0.01), model.speedup(4 * peak, 0, 0.01))

    def test_both_ends_of_the_range_cost_on_two_cpus_what_was_measured(self):
        low, high = model.speedup_range(2, 1.1, 1.3)
        self.assertAlmostEqual(2 / high, 1.1)
        self.assertAlmostEqual(2 / low, 1.3)

    def test_at_best_what_two_cpus_cost_is_paid_once_and_at_worst_it_grows_with_each_pair(self):
        low, high = model.speedup_range(64, 1.1, 1.1)
        self.assertAlmostEqual(high, 64 / 1.1)
        self.assertAlmostEqual(low, model.speedup(64, 0, 0.05))

    def test_two_cpus_that_cost_no_more_than_one_do_not_scale_beyond_linear(self):
        self.assertEqual(model.speedup_range(8, 0.9, 0.95), (8, 8))


class Line(unittest.TestCase):
    def test_is_found_again(self):
        a, b = model.fit_line([(x, 7 + 3 * x) for x in (1, 10, 100, 5000)])
        self.assertAlmostEqual(a, 7)
        self.assertAlmostEqual(b, 3)

    def test_never_starts_below_nothing(self):
        points = [(1, 1), (2, 4), (3, 9)]
        a, b = model.fit_line(points)
        self.assertEqual(a, 0)
        self.assertGreater(b, 0)

    def test_its_worst_residual_is_relative(self):
        self.assertAlmostEqual(model.worst_residual([(1, 10), (2, 25)], (0, 10)), 0.2)


class Waiting(unittest.TestCase):
    def test_of_one_server_is_that_of_mm1(self):
        self.assertAlmostEqual(model.waiting(1, 0.8), 4)

    def test_of_two_servers_is_that_of_the_textbook(self):
        self.assertAlmostEqual(model.waiting(2, 0.5), 1 / 3)

    def test_is_shorter_in_one_queue_for_all(self):
        self.assertLess(model.waiting(64, 0.8), model.waiting(8, 0.8))


class Room(unittest.TestCase):
    def test_a_turn_is_one_write_each_where_hardly_anybody_speaks(self):
        self.assertAlmostEqual(model.turn_s(1_000_000, 1e-9, 2.5, 0.03), 2.5)

    def test_a_turn_serves_all_that_was_said_during_it(self):
        turn = model.turn_s(1000, 100, 2, 1)
        self.assertAlmostEqual(turn, (1000 * 2 + 1000 * 1 * 100 * turn) / 1e6)

    def test_there_is_no_end_where_the_messages_alone_take_all_the_time(self):
        self.assertEqual(model.turn_s(1_000_000, 100, 2.5, 0.03), math.inf)


class Frames(unittest.TestCase):
    def test_ten_gigabits_carry_the_eight_million_small_messages_that_are_left_after_headers(self):
        self.assertAlmostEqual(model.frames_per_s(10e9, 64) / 1e6, 8.117, places=3)


if __name__ == "__main__":
    unittest.main()
