// Reads fields that package p2p keeps to itself: it exports no way to dial, to close, to ping or to see the book. They
// are those of the one version that go.mod names, so they do not move.

package main

import (
	"reflect"
	"unsafe"
)

// hidden gives the field `name` of the struct that owner points to: its value when T is the field's type or what an
// interface there holds, its address when T is a pointer to the field's type.
func hidden[T any](owner any, name string) T {
	field := reflect.ValueOf(owner).Elem().FieldByName(name)
	address := reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr()))
	if address.Type() == reflect.TypeFor[T]() {
		return address.Interface().(T)
	}
	return address.Elem().Interface().(T)
}
